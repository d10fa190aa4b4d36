import {
  credentialParamsSchema,
  sessionListQuerySchema,
  sessionListSchema,
  sessionSchema,
} from '@tapekeeper/contract';
import { AppError } from '@tapekeeper/core';
import { answers } from '../../answers.ts';
import { noteOperation } from '../../audit.ts';
import { ownerOf, revocableOf } from '../../auth/ownership.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { NEEDS_TOKEN } from '../../openapi.ts';
import { presentSession } from './present.ts';

const TAGS = ['access'];

export function sessionRoutes(app: HttpApp, { deps }: HttpContext): void {
  app.get(
    '/v1/sessions',
    {
      schema: {
        operationId: 'listSessions',
        summary: 'Open sessions, newest first: the own ones, or for admins those of others',
        tags: TAGS,
        querystring: sessionListQuerySchema,
        response: answers(200, sessionListSchema),
      },
    },
    async ({ identity, query: { user, before = null, limit } }) => {
      const userId = await ownerOf(deps, identity, user);
      const found = await deps.store.sessions({ userId, before, limit: limit + 1 });
      const page = found.slice(0, limit);
      return {
        sessions: page.map((session) => presentSession(session, identity)),
        next: found.length > limit ? (page.at(-1)?.id ?? null) : null,
      };
    },
  );

  app.delete(
    '/v1/sessions/:id',
    {
      schema: {
        operationId: 'revokeSession',
        summary: 'End a session at once',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: credentialParamsSchema,
        response: answers(200, sessionSchema),
      },
    },
    async (request) => {
      const { id } = request.params;
      const ended = await deps.store.revokeSession(id, revocableOf(request.identity));
      if (ended === undefined) throw new AppError('unknown_session', { session: id });
      noteOperation(request, { before: { user: ended.userName } });
      return presentSession(ended, request.identity);
    },
  );
}
