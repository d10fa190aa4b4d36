import {
  apiTokenListQuerySchema,
  apiTokenListSchema,
  apiTokenSchema,
  credentialParamsSchema,
  madeApiTokenSchema,
  newApiTokenSchema,
} from '@tapekeeper/contract';
import { AppError } from '@tapekeeper/core';
import { createApiToken } from '../../../app/access/apiTokens.ts';
import { answers } from '../../answers.ts';
import { noteOperation } from '../../audit.ts';
import { ownerOf, revocableOf } from '../../auth/ownership.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { NEEDS_TOKEN } from '../../openapi.ts';
import { auditedToken, presentApiToken } from './present.ts';

const TAGS = ['access'];

export function tokenRoutes(app: HttpApp, { deps }: HttpContext): void {
  app.get(
    '/v1/tokens',
    {
      schema: {
        operationId: 'listApiTokens',
        summary: 'API tokens, newest first: the own ones, or for admins those of others',
        tags: TAGS,
        querystring: apiTokenListQuerySchema,
        response: answers(200, apiTokenListSchema),
      },
    },
    async ({ identity, query: { user, before = null, limit } }) => {
      const userId = await ownerOf(deps, identity, user);
      const found = await deps.store.apiTokens({ userId, before, limit: limit + 1 });
      const page = found.slice(0, limit);
      return {
        tokens: page.map(presentApiToken),
        next: found.length > limit ? (page.at(-1)?.id ?? null) : null,
      };
    },
  );

  app.post(
    '/v1/tokens',
    {
      schema: {
        operationId: 'createApiToken',
        summary: 'Make an API token; it is shown in this answer and never again',
        tags: TAGS,
        security: NEEDS_TOKEN,
        body: newApiTokenSchema,
        response: answers(201, madeApiTokenSchema),
      },
    },
    async (request, reply) => {
      const { user, ...wish } = request.body;
      const userId = await ownerOf(deps, request.identity, user);
      if (userId === null) throw new AppError('no_user', { who: request.identity.name });
      const { token, view } = await createApiToken(deps, { ...wish, userId });
      noteOperation(request, { id: String(view.id), after: auditedToken(view) });
      return reply
        .code(201)
        .header('location', `/v1/tokens/${view.id}`)
        .send({ token, facts: presentApiToken(view) });
    },
  );

  app.delete(
    '/v1/tokens/:id',
    {
      schema: {
        operationId: 'revokeApiToken',
        summary: 'Void an API token at once',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: credentialParamsSchema,
        response: answers(200, apiTokenSchema),
      },
    },
    async (request) => {
      const { id } = request.params;
      const revoked = await deps.store.revokeApiToken(id, revocableOf(request.identity));
      if (revoked === undefined) throw new AppError('unknown_api_token', { token: id });
      noteOperation(request, { before: auditedToken(revoked) });
      return presentApiToken(revoked);
    },
  );
}
