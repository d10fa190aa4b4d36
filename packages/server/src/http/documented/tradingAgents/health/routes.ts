import { z } from 'zod';
import type { HttpApp, HttpContext } from '../../../context.ts';
import { documentedAnswers } from '../../system.ts';
import { told, toldSchema } from '../envelope.ts';

const healthSchema = z.strictObject({
  status: z.literal('ok'),
  version: z.string(),
  /** Seconds since 1970. */
  timestamp: z.int(),
  service: z.string(),
});

/** What pages ask before anybody has logged in: that somebody answers. How well is said by `/readyz`. */
export function healthRoutes(app: HttpApp, { deps, facts }: HttpContext, tag: string): void {
  app.get(
    '/api/health',
    {
      schema: {
        operationId: 'tradingAgentsHealth',
        summary: 'That the service answers, and its version',
        tags: [tag],
        response: documentedAnswers(200, toldSchema(healthSchema)),
      },
    },
    async () =>
      told(
        {
          status: 'ok' as const,
          version: facts.version,
          timestamp: Math.floor(deps.clock.now() / 1000),
          service: 'tapekeeper',
        },
        '服务运行正常',
      ),
  );
}
