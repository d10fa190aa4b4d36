import { FILE_HISTORICAL, collectionJob, type CollectionJob } from '../collection/collectionJobs.ts';

/** The job whose runs bring files in. */
export const FILE_JOB: CollectionJob = collectionJob(
  FILE_HISTORICAL.key,
  FILE_HISTORICAL.prefix,
  { type: 'import', params: { dataset: 'daily_bars' } },
  {
    name: '文件历史数据导入（接口任务）',
    description: [
      'Daily bars from a file that was brought to /api/data-collection/upload-historical-file.',
      '导入通过 /api/data-collection/upload-historical-file 上传的日线文件。',
    ],
  },
);
