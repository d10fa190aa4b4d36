import { Agent, request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { sampleFolder } from '@tapekeeper/replay';
import { ensureToken } from '../packages/server/src/http/apiToken.ts';
import { startServer } from '../packages/server/src/server.ts';
import { runToEnd } from '../test/support/runToEnd.ts';
import type { Benchmark } from './benchmark.ts';
import type { Report } from './measure/report.ts';
import { decimals, quantile, whole } from './measure/spread.ts';
import { openRig, type Rig } from './rig/rig.ts';
import { startUpstream } from './rig/upstream.ts';
import { withMarket } from './rig/withMarket.ts';

const MARKET = { symbols: 5500, days: 120 };
const PREFIX = '/api/data-collection';
/** As many as the list of tasks shows. */
const PAST_TASKS = 100;
const IDLE_ROUNDS = 30;

export const answers: Benchmark = {
  name: 'answers',
  about:
    'how soon the documented routes of collection tasks answer, while a collection runs and while none does',
  async run(size, report) {
    if (size === 'small') return measureFolder(sampleFolder(), report);
    await withMarket(MARKET, (folder) => measureFolder(folder, report));
  },
};

async function measureFolder(folder: string, report: Report): Promise<void> {
  const upstream = await startUpstream(folder);
  try {
    const rig = await openRig({ ...upstream, marketDay: upstream.lastDay });
    try {
      await measure(rig, upstream.tushareSpan, report);
    } finally {
      await rig.close();
    }
  } finally {
    await upstream.stop();
  }
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly ms: number;
}

type Ask = (method: 'GET' | 'POST', path: string, body?: object) => Promise<Answer>;

async function measure(rig: Rig, span: { from: string; to: string }, report: Report): Promise<void> {
  const { installation } = rig;
  const server = await startServer(installation, { port: 0 });
  const agent = new Agent({ keepAlive: true });
  try {
    const ask = asker(server.url, await ensureToken(installation.config.dataDir), agent);
    await installation.worker.start();
    await runToEnd(installation.deps, { dataset: 'stock_basics' });
    const days = { start_date: span.from, end_date: span.to };
    for (let task = 0; task < PAST_TASKS; task += 1) {
      await started(ask, { ...days, test_mode: true });
      while (!(await isOver(ask)));
    }
    const idle = new Map<string, number[]>();
    const last = await started(ask, { ...days, test_mode: true });
    while (!(await isOver(ask)));
    for (let round = 0; round < IDLE_ROUNDS; round += 1) await askAll(ask, last, idle);
    await rig.emptyGrids();
    const busy = new Map<string, number[]>();
    const task = await started(ask, { ...days, full_collection_mode: true });
    while (!(await isOver(ask))) await askAll(ask, task, busy);
    const { body } = await ask('GET', `${PREFIX}/status/${task}`);
    const { status, collected_count: rows } = body as { status: string; collected_count: number };
    if (status !== 'completed') throw new Error(`the collection ended as ${JSON.stringify(body)}`);
    tell(rig, rows, idle, busy, report);
  } finally {
    agent.destroy();
    await server.stop();
  }
}

/** What clients of a task ask again and again; starting a second one is refused. */
async function askAll(ask: Ask, task: string, found: Map<string, number[]>): Promise<void> {
  const note = (what: string, { ms }: Answer): void => void found.set(what, [...(found.get(what) ?? []), ms]);
  note('status of the task', await ask('GET', `${PREFIX}/status/${task}`));
  note('tasks, 100 of them', await ask('GET', `${PREFIX}/tasks`));
  note('the open task', await ask('GET', `${PREFIX}/current-task`));
  note('stocks', await ask('GET', `${PREFIX}/stock-list`));
  note('stocks that are not complete', await ask('GET', `${PREFIX}/stock-list?only_uncompleted=true`));
}

async function started(ask: Ask, body: object): Promise<string> {
  const { status, body: answer } = await ask('POST', `${PREFIX}/historical`, body);
  if (status !== 200) throw new Error(`a task was refused: ${JSON.stringify(answer)}`);
  return (answer as { task_id: string }).task_id;
}

async function isOver(ask: Ask): Promise<boolean> {
  const { body } = await ask('GET', `${PREFIX}/current-task`);
  return (body as { current_task: unknown }).current_task === null;
}

function asker(base: string, token: string, agent: Agent): Ask {
  return async (method, path, body) => {
    const at = performance.now();
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const sent = request(`${base}${path}`, { method, agent, headers });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    const read = await text(answer);
    return { status: answer.statusCode ?? 0, body: JSON.parse(read), ms: performance.now() - at };
  };
}

function tell(
  { postgres }: Rig,
  rows: number,
  idle: ReadonlyMap<string, readonly number[]>,
  busy: ReadonlyMap<string, readonly number[]>,
  report: Report,
): void {
  const times = (ms: readonly number[]): readonly string[] =>
    [0.5, 0.9, 1].map((share) => decimals(1)(quantile(ms, share)));
  report.line(
    `${whole(rows)} rows collected meanwhile, PostgreSQL ${postgres}; server, worker and who asks share the cores`,
  );
  report.table([
    ['question', 'idle p50 ms', 'p90', 'most', 'collecting p50 ms', 'p90', 'most', 'asked'],
    ...[...busy].map(([what, ms]) => [what, ...times(idle.get(what) ?? []), ...times(ms), whole(ms.length)]),
  ]);
  report.keep('answers', { rows, idle: Object.fromEntries(idle), busy: Object.fromEntries(busy) });
}
