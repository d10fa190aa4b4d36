import { aliveSchema, readySchema } from '@tapekeeper/contract';
import { isoInstant } from '@tapekeeper/core';
import { readiness } from '../../../app/readiness.ts';
import { answers } from '../../answers.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { presentReadiness } from './present.ts';

const TAGS = ['system'];

/** How the process is, for whoever watches over it; every process can tell. */
export function healthRoutes(app: HttpApp, { deps, facts, schemaStatus, ownTurnMs }: HttpContext): void {
  app.get(
    '/livez',
    {
      schema: {
        operationId: 'alive',
        summary: 'Whether the process answers; the database is not asked',
        tags: TAGS,
        response: answers(200, aliveSchema),
      },
    },
    async () => ({ alive: true as const, startedAt: isoInstant(facts.startedAt) }),
  );

  app.get(
    '/readyz',
    {
      schema: {
        operationId: 'ready',
        summary: 'Whether the installation can do its work, check by check',
        tags: TAGS,
        response: { ...answers(200, readySchema), 503: readySchema },
      },
    },
    async (_request, reply) => {
      const report = presentReadiness(await readiness({ ...deps, schemaStatus, ownTurnMs }));
      return reply.code(report.ready ? 200 : 503).send(report);
    },
  );
}
