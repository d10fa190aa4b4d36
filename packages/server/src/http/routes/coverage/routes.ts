import { coverageQuerySchema, coverageSchema } from '@tapekeeper/contract';
import { answers } from '../../answers.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { presentCoverage } from './present.ts';

export function coverageRoutes(app: HttpApp, { coverage }: HttpContext): void {
  app.get(
    '/v1/coverage',
    {
      schema: {
        operationId: 'getCoverage',
        summary: 'How complete and fresh the data sets are',
        tags: ['coverage'],
        querystring: coverageQuerySchema,
        response: answers(200, coverageSchema),
      },
    },
    async ({ query }) => presentCoverage(await coverage(query)),
  );
}
