import { openTask } from '../../../packages/server/src/app/collection/openTask.ts';
import { ensureJob } from '../../../packages/server/src/app/jobs/ensureJob.ts';
import { TASK_KINDS } from '../../../packages/server/src/http/documented/stockQuote/collection/collectionJobs.ts';
import { FILE_JOB } from '../../../packages/server/src/http/documented/stockQuote/files/fileJob.ts';
import { formWith } from '../../support/multipart.ts';
import { DAYS, SYMBOLS } from '../../support/smallMarket.ts';
import { tushareFile } from '../../tasks/importStand.ts';
import type { MakeRequest, World } from './goodRequest.ts';

const FORM = formWith({ name: 'bars.csv', data: tushareFile(SYMBOLS.slice(0, 1), DAYS) });

const upload = (url: string, { admin }: World) => ({
  url,
  body: FORM.payload,
  headers: { ...admin.headers, ...FORM.headers },
  object: 'new',
});

/** Requests that bring files. */
export const FILE_REQUESTS: Readonly<Record<string, MakeRequest>> = {
  createImport: async (world) => upload('/v1/imports', world),
  stockQuoteUploadFile: async (world) => {
    const { deps } = world.stand;
    await ensureJob(deps, FILE_JOB.key, FILE_JOB.define);
    const open = await openTask(
      deps,
      TASK_KINDS.map(({ key }) => key),
    );
    const stop = { end: 'cancelled', code: 'cancelled', reason: '', by: 'tests' } as const;
    if (open !== undefined) await deps.store.stopRun(open.id, stop, true);
    return upload('/api/data-collection/upload-historical-file', world);
  },
};
