import {
  newSilenceSchema,
  silenceListQuerySchema,
  silenceListSchema,
  silenceParamsSchema,
  silenceSchema,
} from '@tapekeeper/contract';
import { AppError } from '@tapekeeper/core';
import { createSilence, endSilence, updateSilence } from '../../../app/alerts/silences.ts';
import { answers } from '../../answers.ts';
import { noteOperation } from '../../audit.ts';
import { authorOf } from '../../auth/author.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { NEEDS_TOKEN } from '../../openapi.ts';
import { presentSilence } from './present.ts';

const TAGS = ['alerts'];

const instantOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Date.parse(text);

/** Times in which nobody is told of some incidents. */
export function silenceRoutes(app: HttpApp, { deps }: HttpContext): void {
  app.get(
    '/v1/silences',
    {
      schema: {
        operationId: 'listSilences',
        summary: 'Silences that have not ended, by their end',
        tags: TAGS,
        querystring: silenceListQuerySchema,
        response: answers(200, silenceListSchema),
      },
    },
    async ({ query: { past } }) => ({ silences: (await deps.store.silences(past)).map(presentSilence) }),
  );

  app.get(
    '/v1/silences/:id',
    {
      schema: {
        operationId: 'getSilence',
        summary: 'One silence, ended or not',
        tags: TAGS,
        params: silenceParamsSchema,
        response: answers(200, silenceSchema),
      },
    },
    async ({ params }) => {
      const found = await deps.store.silence(params.id);
      if (found === undefined) throw new AppError('unknown_silence', { id: params.id });
      return presentSilence(found);
    },
  );

  app.post(
    '/v1/silences',
    {
      schema: {
        operationId: 'createSilence',
        summary: 'Tell nobody of some incidents for a while; they are kept all the same',
        tags: TAGS,
        security: NEEDS_TOKEN,
        body: newSilenceSchema,
        response: answers(201, silenceSchema),
      },
    },
    async (request, reply) => {
      const { matcher, from, until, minutes, reason, author } = request.body;
      const made = await createSilence(deps, {
        matcher,
        from: instantOf(from),
        until: instantOf(until),
        minutes,
        reason,
        author: authorOf(request, author),
      });
      const answer = presentSilence(made);
      noteOperation(request, { id: String(made.id), after: answer });
      return reply.code(201).header('location', `/v1/silences/${made.id}`).send(answer);
    },
  );

  app.put(
    '/v1/silences/:id',
    {
      schema: {
        operationId: 'updateSilence',
        summary: 'Make a silence longer or shorter, or about something else',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: silenceParamsSchema,
        body: newSilenceSchema,
        response: answers(200, silenceSchema),
      },
    },
    async (request) => {
      const { matcher, from, until, minutes, reason } = request.body;
      const wish = { matcher, from: instantOf(from), until: instantOf(until), minutes, reason };
      const { before, after } = await updateSilence(deps, request.params.id, wish);
      const answer = presentSilence(after);
      noteOperation(request, { id: String(after.id), before: presentSilence(before), after: answer });
      return answer;
    },
  );

  app.delete(
    '/v1/silences/:id',
    {
      schema: {
        operationId: 'endSilence',
        summary: 'End a silence before its time',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: silenceParamsSchema,
        response: answers(200, silenceSchema),
      },
    },
    async (request) => {
      const ended = presentSilence(await endSilence(deps, request.params.id, authorOf(request)));
      noteOperation(request, { id: String(ended.id), after: ended });
      return ended;
    },
  );
}
