import { statusSchema } from '@tapekeeper/contract';
import { z } from 'zod';
import { systemStatus } from '../../../app/systemStatus.ts';
import { answers } from '../../answers.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { KEPT_BY_CLIENTS } from '../../etag.ts';
import { presentStatus } from './present.ts';

const TAGS = ['system'];

export function systemRoutes(app: HttpApp, { deps, facts }: HttpContext): void {
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
    async (_request, reply) => reply.header('cache-control', KEPT_BY_CLIENTS).send({ ...app.swagger() }),
  );
}
