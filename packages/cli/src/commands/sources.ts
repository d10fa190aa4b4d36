import { Command } from 'commander';
import type { Recommendations, SourceTest, Sources } from '@tapekeeper/contract';
import { EXIT } from '@tapekeeper/core';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { instant } from '../output/format.ts';
import { bad, good, warning } from '../output/style.ts';
import { table } from '../output/table.ts';
import { openForReading } from '../session.ts';

interface OrderOptions {
  readonly set?: string;
  readonly reset?: boolean;
}

/** `sources`: how the upstreams are, what they answer, and in which order they are asked. */
export function sourcesCommand({ say, act }: Frame): Command {
  const list = new Command('list')
    .description(say('help.sourcesList'))
    .action(act((context) => listSources(context)));
  const test = new Command('test')
    .description(say('help.sourcesTest'))
    .argument('[source]', say('argument.source'))
    .action(act((context, source: string | undefined) => testSources(context, source)));
  const order = new Command('order')
    .description(say('help.sourcesOrder'))
    .argument('[dataset]', say('argument.orderDataset'))
    .option('--set <list>', say('option.orderSet'))
    .option('--reset', say('option.orderReset'))
    .action(
      act((context, dataset: string | undefined, options: OrderOptions) =>
        orderSources(context, dataset, options),
      ),
    );
  const forget = new Command('forget')
    .description(say('help.sourcesForget'))
    .argument('<host>', say('argument.host'))
    .action(act((context, host: string) => forgetHost(context, host)));
  return new Command('sources')
    .description(say('help.sources'))
    .addCommand(list, { isDefault: true })
    .addCommand(test)
    .addCommand(order)
    .addCommand(forget);
}

async function listSources(context: Context): Promise<number> {
  const { output, say } = context;
  const session = await openForReading(context);
  try {
    const { sources } = await session.api.sources();
    output.result({ sources });
    output.line(
      table(
        [
          { title: say('column.source') },
          { title: say('column.state') },
          { title: say('column.host') },
          { title: say('column.budgets') },
          { title: say('column.note') },
        ],
        sources.flatMap((source) =>
          source.hosts.map((host, at) => [
            at === 0 ? source.source : '',
            at === 0 ? stateText(source.state) : '',
            host.host,
            budgetsText(context, host.budgets),
            host.openUntil === null || host.state !== 'open'
              ? ''
              : say('sources.openUntil', { until: instant(host.openUntil), reason: host.reason ?? '' }),
          ]),
        ),
      ),
    );
    return EXIT.ok;
  } finally {
    await session.close();
  }
}

type Budget = Sources['sources'][number]['hosts'][number]['budgets'][number];

const WINDOWS: Readonly<Record<number, 'minute' | 'hour' | 'day'>> = {
  60: 'minute',
  3600: 'hour',
  86_400: 'day',
};

/** Ceilings, one for all interfaces that have the same; what is used up stands out. */
function budgetsText(context: Context, budgets: readonly Budget[]): string {
  const alike = Map.groupBy(budgets, (one) =>
    [one.api === '*', one.capacity, one.windowSeconds, one.origin, one.left === 0].join(),
  );
  return [...alike.values()].map((group) => budgetText(context, group)).join('  ') || '-';
}

function budgetText({ say }: Context, group: readonly Budget[]): string {
  const [{ api, capacity, windowSeconds, origin, left }] = group as [Budget];
  const name = WINDOWS[windowSeconds];
  const window =
    name === undefined ? say('sources.seconds', { seconds: windowSeconds }) : say(`sources.${name}`);
  const who =
    group.length > 1 ? `${say('sources.each', { count: group.length })} ` : api === '*' ? '' : `${api} `;
  const text = `${who}${say('sources.budget', { capacity, window })}`;
  const learned = origin === 'learned' ? say('sources.learned') : '';
  return left === 0 ? warning(`${text}${learned}${say('sources.usedUp')}`) : text + learned;
}

function stateText(state: Sources['sources'][number]['state']): string {
  if (state === 'up') return good(state);
  return state === 'open' ? bad(state) : warning(state);
}

async function testSources(context: Context, source: string | undefined): Promise<number> {
  const { output, say } = context;
  const session = await openForReading(context);
  try {
    const named =
      source === undefined
        ? (await session.api.sources()).sources
            .filter(({ state }) => state !== 'off')
            .map((one) => one.source)
        : [source];
    const tests: SourceTest[] = [];
    for (const one of named) tests.push(await session.api.testSource(one));
    output.result({ tests });
    output.line(
      table(
        [
          { title: say('column.source') },
          { title: say('column.interface') },
          { title: say('column.answer') },
        ],
        tests.map((test) => [
          test.source,
          test.api,
          test.error === null ? good(say('sources.ok', { ms: test.ms ?? 0 })) : bad(test.error.message),
        ]),
      ),
    );
    return tests.every(({ ok }) => ok) ? EXIT.ok : EXIT.unavailable;
  } finally {
    await session.close();
  }
}

async function orderSources(
  context: Context,
  dataset: string | undefined,
  { set, reset }: OrderOptions,
): Promise<number> {
  const { output, say } = context;
  const target = dataset === undefined || dataset === 'all' ? '*' : dataset;
  const session = await openForReading(context);
  try {
    if (set !== undefined) {
      await session.api.setPriority(
        target,
        set.split(',').map((source) => source.trim()),
      );
    } else if (reset === true) await session.api.clearPriority(target);
    const [orders, advice] = await Promise.all([session.api.priorities(), session.api.recommendations()]);
    const shown = orders.datasets.filter((one) => target === '*' || one.dataset === target);
    output.result({ priorities: shown, recommendations: advice.datasets });
    output.line(
      table(
        [
          { title: say('column.dataset') },
          { title: say('column.order') },
          { title: say('column.setBy') },
          { title: say('column.warnings') },
        ],
        shown.map((one) => [
          one.dataset,
          one.sources.join(', ') || '-',
          say(`sources.from.${one.from}`),
          warningsOf(context, advice, one.dataset),
        ]),
      ),
    );
    return EXIT.ok;
  } finally {
    await session.close();
  }
}

async function forgetHost(context: Context, host: string): Promise<number> {
  const { output, say } = context;
  const session = await openForReading(context);
  try {
    const result = await session.api.forgetLearned(host);
    output.result(result);
    output.line(say('sources.forgotten', { host, count: result.forgotten }));
    return EXIT.ok;
  } finally {
    await session.close();
  }
}

function warningsOf({ say }: Context, advice: Recommendations, dataset: string): string {
  const found = advice.datasets.find((one) => one.dataset === dataset)?.warnings ?? [];
  return found
    .map(({ code, source, detail }) =>
      warning(say(`sources.warning.${code}`, { source: source ?? '', detail })),
    )
    .join('; ');
}
