import { gapsQuerySchema, gapsSchema } from '@tapekeeper/contract';
import { listGaps } from '../../../app/listGaps.ts';
import { answers } from '../../answers.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { presentGaps } from './present.ts';

export function gapRoutes(app: HttpApp, { deps }: HttpContext): void {
  app.get(
    '/v1/gaps',
    {
      schema: {
        operationId: 'listGaps',
        summary: 'What a data set lacks, symbol by symbol; a run of the type repair asks for it',
        tags: ['coverage'],
        querystring: gapsQuerySchema,
        response: answers(200, gapsSchema),
      },
    },
    async ({ query: { symbols, limit, ...question } }) => {
      const named = symbols?.split(',').map((word) => word.trim());
      const report = await listGaps(deps, {
        ...question,
        symbols: named?.filter((word) => word !== ''),
        limit: limit + 1,
      });
      return presentGaps(report, limit);
    },
  );
}
