import { retentionSchema, runLogQuerySchema, runLogSchema, runParamsSchema } from '@tapekeeper/contract';
import { AppError, RUN_MACHINE } from '@tapekeeper/core';
import { PREVIEW_LIMIT, retentionPreview } from '../../../app/tasks/retentionPreview.ts';
import { answers } from '../../answers.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { presentLog, presentRetention } from './present.ts';

/** What runs in one piece leave to be read: their lines, and what they would remove. */
export function runLogRoutes(app: HttpApp, { deps }: HttpContext): void {
  app.get(
    '/v1/runs/:id/log',
    {
      schema: {
        operationId: 'readRunLog',
        summary: 'Lines of a run, as they were said; ask again behind the last one to follow it',
        tags: ['runs'],
        params: runParamsSchema,
        querystring: runLogQuerySchema,
        response: answers(200, runLogSchema),
      },
    },
    async ({ params: { id }, query: { after = 0, limit, tail } }) => {
      // looked at before the lines are: of a run that has ended, none can come any more
      const run = await deps.store.run(id);
      if (run === undefined) throw new AppError('unknown_run', { run: id });
      const hasEnded = RUN_MACHINE.terminal.includes(run.state);
      if (tail !== undefined) return presentLog(await deps.store.runLogTail(id, tail), after, hasEnded);
      const lines = await deps.store.runLog(id, after, limit + 1);
      return presentLog(lines.slice(0, limit), after, hasEnded && lines.length <= limit);
    },
  );

  app.get(
    '/v1/retention',
    {
      schema: {
        operationId: 'previewRetention',
        summary: 'How long things are kept, and what is due to be removed',
        tags: ['system'],
        response: answers(200, retentionSchema),
      },
    },
    async () => presentRetention(deps.tasks.retention, await retentionPreview(deps), PREVIEW_LIMIT),
  );
}
