import { cellParamsSchema, cellSchema } from '@tapekeeper/contract';
import { explainCell } from '../../../app/explainCell.ts';
import { answers } from '../../answers.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { presentCell } from './present.ts';

export function cellRoutes(app: HttpApp, { deps }: HttpContext): void {
  app.get(
    '/v1/cells/:dataset/:symbol/:day',
    {
      schema: {
        operationId: 'explainCell',
        summary: 'Everything that is known of one symbol on one day, and why it is so',
        tags: ['coverage'],
        params: cellParamsSchema,
        response: answers(200, cellSchema),
      },
    },
    async ({ params }) => presentCell(await explainCell(deps, params)),
  );
}
