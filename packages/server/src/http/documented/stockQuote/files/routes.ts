import { beginTask } from '../../../../app/collection/beginTask.ts';
import { takeFile } from '../../../../app/imports/requestImport.ts';
import { noteOperation } from '../../../audit.ts';
import { authorOf } from '../../../auth/author.ts';
import type { HttpApp, HttpContext } from '../../../context.ts';
import { NEEDS_TOKEN } from '../../../openapi.ts';
import { FORM, takeUploads, uploadOf } from '../../../upload.ts';
import { DocumentedRefusal, inWords } from '../../refusal.ts';
import { documentedAnswers } from '../../system.ts';
import { refuseWhileBusy } from '../collection/begin.ts';
import { readSpan } from '../collection/days.ts';
import { spanStartedSchema } from '../collection/schemas.ts';
import { taskIdOf } from '../collection/taskId.ts';
import { START_WORDINGS } from '../collection/texts.ts';
import { FILE_JOB } from './fileJob.ts';
import * as schemas from './schemas.ts';
import { FILE_TEXTS } from './texts.ts';

const PREFIX = '/api/data-collection';

/**
 * Files of old bars as tasks. An upload begins its task; who asks for a task behind it, as clients of the late form
 * do, is given the one that the upload has begun.
 */
export function fileRoutes(app: HttpApp, context: HttpContext, tag: string): void {
  uploadRoute(app, context, tag);
  spanRoutes(app, context, tag);
}

function uploadRoute(app: HttpApp, { deps }: HttpContext, tag: string): void {
  const { mostBytes } = deps.tasks.imports;
  app.register(async (scope: HttpApp) => {
    takeUploads(scope, mostBytes);
    scope.post(
      `${PREFIX}/upload-historical-file`,
      {
        schema: {
          consumes: FORM,
          operationId: 'stockQuoteUploadFile',
          summary: 'Bring a CSV file of daily bars, and start the task that takes it in',
          tags: [tag],
          security: NEEDS_TOKEN,
          querystring: schemas.fileQuerySchema,
          body: schemas.fileBodySchema,
          response: documentedAnswers(200, schemas.fileStartedSchema),
        },
      },
      async (request) => {
        const { force_update: replace, ...units } = request.query;
        await refuseWhileBusy(deps);
        const { name, bytes } = await uploadOf(request, mostBytes);
        const params = await takeFile(deps, bytes, { dataset: 'daily_bars', ...units, replace, name });
        try {
          const run = await inWords(START_WORDINGS, () =>
            beginTask(deps, FILE_JOB, { ...params }, authorOf(request)),
          );
          const id = taskIdOf(run) ?? '';
          noteOperation(request, { id: String(run.id), after: { task: id, job: FILE_JOB.key, ...params } });
          return { task_id: id, status: 'started' as const, message: FILE_TEXTS.uploaded, filename: name };
        } catch (error) {
          // somebody was quicker
          if (params.file !== undefined) await deps.tasks.imports.remove(params.file);
          throw error;
        }
      },
    );
  });
}

function spanRoutes(app: HttpApp, { deps }: HttpContext, tag: string): void {
  app.post(
    `${PREFIX}/file-historical`,
    {
      schema: {
        operationId: 'stockQuoteStartFileHistorical',
        summary: 'The task of the file that was brought last; all its days are taken in',
        tags: [tag],
        security: NEEDS_TOKEN,
        body: schemas.fileSpanBodySchema,
        response: documentedAnswers(200, spanStartedSchema),
      },
    },
    async (request) => {
      readSpan(request.body);
      const { start_date, end_date } = request.body;
      const [run] = await deps.store.runsOfJobs([FILE_JOB.key], 1);
      if (run === undefined) throw new DocumentedRefusal('import_no_file', 400, FILE_TEXTS.noFile);
      return {
        task_id: taskIdOf(run) ?? '',
        status: 'started' as const,
        message: FILE_TEXTS.started,
        start_date,
        end_date,
        stock_codes: null,
        test_mode: false,
        full_collection_mode: false,
        market: 'CN',
      };
    },
  );
  app.post(
    `${PREFIX}/historical/hk-file`,
    {
      schema: {
        operationId: 'stockQuoteStartHongKongFile',
        summary: 'Files of Hong Kong are not taken in',
        tags: [tag],
        security: NEEDS_TOKEN,
        body: schemas.fileSpanBodySchema,
        response: documentedAnswers(200, spanStartedSchema),
      },
    },
    async (request) => {
      readSpan(request.body);
      throw new DocumentedRefusal('bad_request', 400, FILE_TEXTS.noHongKong);
    },
  );
}
