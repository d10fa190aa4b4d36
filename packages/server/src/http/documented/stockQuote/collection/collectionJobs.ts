import {
  DEFAULT_POLICIES,
  scheduleOf,
  type JobDefinition,
  type JobWork,
  type SyncWish,
} from '@tapekeeper/core';

/** Jobs of this group run one at a time: a task is only begun while no other of its kind is open. */
const GROUP = 'data_collection';

/** A kind of task as the document knows it, and the job that its runs are runs of. */
export interface CollectionJob {
  /** Key of the job. */
  readonly key: string;
  /** Beginning of the ids of its tasks. */
  readonly prefix: string;
  readonly define: () => JobDefinition;
}

/** A job that only runs when somebody starts a task. */
export function collectionJob(
  key: string,
  prefix: string,
  work: JobWork,
  { name, description }: { readonly name: string; readonly description: readonly [en: string, zh: string] },
): CollectionJob {
  const define = (): JobDefinition => ({
    ...work,
    name,
    description: description.join('\n'),
    tags: ['documented', 'manual'],
    schedule: scheduleOf({ kind: 'manual' }),
    policies: { ...DEFAULT_POLICIES, group: GROUP },
  });
  return { key, prefix, define };
}

const sync = (params: SyncWish): JobWork => ({ type: 'sync', params });

export const HISTORICAL = collectionJob(
  'historical_collection',
  'historical_collection',
  sync({ dataset: 'daily_bars' }),
  {
    name: '历史数据采集（接口任务）',
    description: [
      'Daily bars for the days and stocks that a task of /api/data-collection/historical names.',
      '按 /api/data-collection/historical 任务指定的日期与股票采集日线。',
    ],
  },
);

export const REALTIME = collectionJob(
  'realtime_collection',
  'realtime_collection_CN',
  sync({ dataset: 'quotes' }),
  {
    name: '实时数据采集（接口任务）',
    description: [
      'Quotes of the whole market, for a task of /api/data-collection/realtime.',
      '由 /api/data-collection/realtime 任务采集一次全市场实时行情。',
    ],
  },
);

export const TUSHARE_HISTORICAL = collectionJob(
  'tushare_historical_collection',
  'tushare_historical',
  sync({ dataset: 'daily_bars', sources: ['tushare'] }),
  {
    name: 'Tushare 历史数据采集（接口任务）',
    description: [
      'Daily bars of the whole market from Tushare, for a task of /api/data-collection/tushare-historical.',
      '由 /api/data-collection/tushare-historical 任务从 Tushare 采集全市场日线。',
    ],
  },
);

export const REALTIME_HISTORICAL = collectionJob(
  'realtime_historical_collection',
  'realtime_historical',
  sync({ dataset: 'daily_bars' }),
  {
    name: '实时行情表历史采集（接口任务）',
    description: [
      'Daily bars of the whole market for the days of a task of /api/data-collection/realtime-historical.',
      '按 /api/data-collection/realtime-historical 任务指定的日期采集全市场日线。',
    ],
  },
);

/** Key and beginning of the ids of the tasks that bring files in; their job is defined where files are read. */
export const FILE_HISTORICAL = { key: 'file_historical_collection', prefix: 'file_historical' } as const;

/** Every kind whose runs are tasks of this interface. */
export const TASK_KINDS: readonly Pick<CollectionJob, 'key' | 'prefix'>[] = [
  HISTORICAL,
  REALTIME,
  TUSHARE_HISTORICAL,
  REALTIME_HISTORICAL,
  FILE_HISTORICAL,
];
