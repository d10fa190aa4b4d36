import { z } from 'zod';
import { metricsReader } from '../../../app/metrics/readMetrics.ts';
import type { MetricsBook } from '../../../ports/metrics.ts';
import { PROBLEM_ANSWER } from '../../answers.ts';
import type { HttpApp, HttpContext } from '../../context.ts';

const ANSWERS = {
  200: {
    description: 'a line a number, in the text form of Prometheus',
    content: { 'text/plain': { schema: z.string() } },
  },
  ...PROBLEM_ANSWER,
};

/** The numbers of this process and of the installation, for whatever collects them. */
export function metricsRoutes(app: HttpApp, { deps, facts }: HttpContext, book: MetricsBook): void {
  const read = metricsReader(deps, book, facts);
  app.get(
    '/metrics',
    {
      schema: {
        operationId: 'getMetrics',
        summary: 'Numbers in the text form of Prometheus',
        tags: ['system'],
        response: ANSWERS,
      },
    },
    async (_request, reply) => {
      const { contentType, text } = await read();
      return reply.type(contentType).send(text);
    },
  );
}
