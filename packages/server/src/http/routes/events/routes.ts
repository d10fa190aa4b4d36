import { eventsQuerySchema } from '@tapekeeper/contract';
import { AppError } from '@tapekeeper/core';
import { z } from 'zod';
import type { LiveGateway } from '../../../ports/liveGateway.ts';
import { PROBLEM_ANSWER } from '../../answers.ts';
import { authenticate, type DoorRules } from '../../auth/authenticate.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { eventStream } from './eventStream.ts';

/** A stream ends after this, and the client comes back by itself: nothing else shows that one is dead. */
const STREAM_LIFE_MS = 15 * 60_000;

const ANSWERS = {
  200: {
    description: 'messages of the live interface, one a server-sent event; its id is what to come back with',
    content: { 'text/event-stream': { schema: z.string() } },
  },
  ...PROBLEM_ANSWER,
};

export function eventRoutes(
  app: HttpApp,
  { deps }: HttpContext,
  rules: DoorRules,
  live: LiveGateway | undefined,
): void {
  app.get(
    '/v1/events',
    {
      // it would never end
      exposeHeadRoute: false,
      schema: {
        operationId: 'streamEvents',
        summary: 'What happens, as it happens, as server-sent events',
        tags: ['events'],
        querystring: eventsQuerySchema,
        response: ANSWERS,
      },
    },
    async (request, reply) => {
      if (live === undefined) throw new AppError('live_unavailable');
      const { topics, after } = request.query;
      const gone = new AbortController();
      reply.raw.on('error', () => gone.abort());
      reply.raw.on('close', () => gone.abort());
      const identifyAgain = () => authenticate(deps, rules, request);
      const stream = eventStream(reply);
      const subscriber = live.join({ identity: request.identity, identifyAgain }, stream);
      gone.signal.addEventListener('abort', () => subscriber.leave());
      try {
        await subscriber.subscribe(topics, lastSeen(request.headers['last-event-id']) ?? after);
      } catch (error) {
        subscriber.leave();
        throw error;
      }
      void deps.clock.sleep(STREAM_LIFE_MS, gone.signal).then(
        () => stream.close('restart'),
        () => {},
      );
      return reply;
    },
  );
}

/** What a browser sends by itself when it comes back. */
function lastSeen(header: string | string[] | undefined): number | undefined {
  const text = String(header ?? '');
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
