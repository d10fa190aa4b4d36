import type { Capability, SourceId } from '@tapekeeper/core';
import type { Answer, Question, Source } from '../../packages/server/src/ports/source.ts';
import { BY_DAY, BY_SYMBOL, honestAnswer } from './smallMarket.ts';

/** A source whose answers a test writes by hand; it notes what it was asked. */
export interface HandSource extends Source {
  readonly asked: Question[];
  /** From now on questions are answered so; what it throws is what the source refuses with. */
  answer: (question: Question) => Answer | Promise<Answer>;
}

export interface HandSourceOptions {
  readonly id: SourceId;
  readonly capabilities: readonly Capability[];
  readonly answer: HandSource['answer'];
  readonly singleConnection?: boolean;
}

export function createHandSource(options: HandSourceOptions): HandSource {
  const { id, capabilities, singleConnection = false } = options;
  const host = `${id}.test`;
  const asked: Question[] = [];
  const source: HandSource = {
    id,
    hosts: [host],
    capabilities,
    singleConnection,
    asked,
    answer: options.answer,
    async ask(question, context) {
      const api = capabilities.find((one) => one.dataset === question.dataset)?.api ?? '';
      await context.beforeCall(host, api);
      asked.push(question);
      return source.answer(question);
    },
    probe: () => Promise.reject(new Error('a source written by hand is not probed')),
    close: async () => {},
  };
  return source;
}

/** The questions about one data set, in the order asked. */
export function askedFor(source: HandSource, dataset: string): readonly Question[] {
  return source.asked.filter((question) => question.dataset === dataset);
}

/** Two sources that know the small market and tell the truth: one by days and symbols, one by symbols alone. */
export function honestSources(): { readonly tushare: HandSource; readonly baostock: HandSource } {
  const answer = (question: Question): Answer => honestAnswer(question);
  return {
    tushare: createHandSource({ id: 'tushare', capabilities: BY_DAY, answer }),
    baostock: createHandSource({ id: 'baostock', capabilities: BY_SYMBOL, answer }),
  };
}
