import { toAppError } from '@tapekeeper/core';
import type { Metrics } from '../ports/metrics.ts';
import type { AskContext, Source } from '../ports/source.ts';

/** Stops, breakers and used-up budgets: nothing was asked, so nothing has failed. */
const NO_FAILURES: readonly string[] = ['interrupted', 'lease_lost', 'breaker_open'];

/** A source whose calls and failures are counted. */
export function meterSource(source: Source, metrics: Metrics): Source {
  const watched = async <T>(context: AskContext, ask: (context: AskContext) => Promise<T>): Promise<T> => {
    const beforeCall: AskContext['beforeCall'] = async (host, api) => {
      await context.beforeCall(host, api);
      metrics.count('tapekeeper_source_calls_total', { host });
    };
    try {
      return await ask({ ...context, beforeCall });
    } catch (thrown) {
      const { code } = toAppError(thrown);
      if (!NO_FAILURES.includes(code))
        metrics.count('tapekeeper_source_errors_total', { source: source.id, code });
      throw thrown;
    }
  };
  return {
    get id() {
      return source.id;
    },
    get hosts() {
      return source.hosts;
    },
    get capabilities() {
      return source.capabilities;
    },
    get singleConnection() {
      return source.singleConnection;
    },
    ask: (question, context) => watched(context, (own) => source.ask(question, own)),
    probe: (dataset, context) => watched(context, (own) => source.probe(dataset, own)),
    close: () => source.close(),
  };
}
