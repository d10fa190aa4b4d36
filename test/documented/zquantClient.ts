import { sql } from '../../packages/server/src/store/connection.ts';
import type { Asked } from '../http/httpStand.ts';
import type { DocumentedStand, Who } from './documentedStand.ts';

/** Where the tasks of the zquant platform are. */
export const AT = '/api/v1/scheduler';

/** A configuration as clients of the platform write it. */
export const BARS = {
  command: 'python zquant/scheduler/job/sync_daily_data.py --start-date 20240101',
  timeout_seconds: 600,
};

export interface Task {
  readonly id: number;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly [name: string]: unknown;
}

export interface Execution {
  readonly id: number;
  readonly status: string;
  readonly result: Readonly<Record<string, unknown>>;
  readonly [name: string]: unknown;
}

/** A task of nothing but steps. */
export const EXAMPLE = { task_action: 'example_task', duration_seconds: 0, steps: 4 };

export const get = (url: string): Asked => ({ url: `${AT}${url}` });
export const post = (url: string, payload?: object): Asked => ({
  method: 'POST',
  url: `${AT}${url}`,
  ...(payload !== undefined && { payload }),
});
export const put = (url: string, payload: object): Asked => ({ method: 'PUT', url: `${AT}${url}`, payload });

let made = 0;
/** A name that no task has yet. */
export const fresh = (what = '任务'): string => `${what} ${++made}`;

/** What the tests of the platform do again and again, as its clients do. */
export interface ZquantClient {
  ask(request: Asked, who?: Who): ReturnType<DocumentedStand['askAs']>;
  /** A task of bars at six in the evening, unless told otherwise. */
  create(rest?: object): Promise<Task>;
  refOf(rest?: object): Promise<{ readonly task_id: number }>;
  /** A task that was triggered and worked off so many times. */
  ranTask(config: object, times?: number, rest?: object): Promise<number>;
  executionsOf(task: number, query?: string): Promise<{ executions: Execution[]; total: number }>;
  /** An execution that nobody works on. */
  waiting(): Promise<{ readonly task: number; readonly id: number }>;
  /** One that was put into a state. */
  inState(state: string): Promise<number>;
  /** What this program itself says. */
  v1(url: string): ReturnType<DocumentedStand['askAs']>;
}

export function zquantClient(stand: () => DocumentedStand): ZquantClient {
  const client: ZquantClient = {
    ask: (request, who = 'admin') => stand().askAs(who, request),
    async create(rest = {}) {
      const wish = { name: fresh(), task_type: 'common_task', config: BARS, cron_expression: '0 18 * * *' };
      const answer = await client.ask(post('/tasks', { ...wish, ...rest }));
      if (answer.statusCode !== 201) throw new Error(answer.body);
      return answer.json<Task>();
    },
    refOf: async (rest) => ({ task_id: (await client.create(rest)).id }),
    async ranTask(config, times = 1, rest = {}) {
      const { id } = await client.create({ config, ...rest });
      for (let time = 0; time < times; time++) {
        const answer = await client.ask(post(`/tasks/${id}/trigger`));
        if (answer.statusCode !== 200) throw new Error(answer.body);
        await stand().work();
      }
      return id;
    },
    executionsOf: async (task, query = '') =>
      (await client.ask(get(`/tasks/${task}/executions${query}`))).json(),
    async waiting() {
      const { id: task } = await client.create({ config: EXAMPLE });
      await client.ask(post(`/tasks/${task}/trigger`));
      const { executions } = await client.executionsOf(task);
      return { task, id: executions[0]?.id ?? 0 };
    },
    async inState(state) {
      const { id } = await client.waiting();
      const steps = state === 'paused' ? ['running', 'paused'] : [state];
      for (const step of steps)
        await stand().db.rows(sql`
          UPDATE tapekeeper.run SET state = ${step},
            pause_asked_at = CASE WHEN ${step} = 'paused' THEN tapekeeper.now() END WHERE id = ${id}`);
      return id;
    },
    v1: (url) => stand().askAs('admin', { url }),
  };
  return client;
}
