import { aliveSchema, readySchema, statusSchema } from '@tapekeeper/contract';
import { isoInstant } from '@tapekeeper/core';
import { z } from 'zod';
import { readiness } from '../../../app/readiness.ts';
import { systemStatus } from '../../../app/systemStatus.ts';
import { answers } from '../../answers.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { presentReadiness, presentStatus } from './present.ts';

const TAGS = ['system'];

export function systemRoutes(app: HttpApp, { deps, facts, schemaStatus }: HttpContext): void {
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
      const report = presentReadiness(await readiness({ ...deps, schemaStatus }));
      return reply.code(report.ready ? 200 : 503).send(report);
    },
  );

  app.get(
    '/v1/status',
    {
      schema: {
        operationId: 'getStatus',
        summary: 'Version, mode, sources in use, space',
        tags: TAGS,
        response: answers(200, statusSchema),
      },
    },
    async () => presentStatus(facts, await systemStatus(deps)),
  );

  app.get(
    '/openapi.json',
    {
      schema: {
        operationId: 'getOpenapi',
        summary: 'This interface as an OpenAPI document',
        tags: TAGS,
        response: answers(200, z.record(z.string(), z.unknown())),
      },
    },
    async () => ({ ...app.swagger() }),
  );
}
