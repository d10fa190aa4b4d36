import { refreshSchema, loginSchema, meSchema, tokenPairSchema } from '@tapekeeper/contract';
import { NOBODY } from '@tapekeeper/core';
import { beginFamily, turnPair } from '../../../app/access/tokenPairs.ts';
import { answers } from '../../answers.ts';
import { noteOperation } from '../../audit.ts';
import { beginLoginOperation } from '../../auth/loginOperation.ts';
import { requireSafeWay, type CookieRules } from '../../auth/sessionCookie.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { enter } from './enter.ts';
import { presentMe, presentPair } from './present.ts';

const TAGS = ['access'];

/** Ways in and out for programs that log in as a person: pairs of an access and a refresh token. */
export function pairRoutes(app: HttpApp, { deps }: HttpContext, rules: CookieRules): void {
  app.post(
    '/v1/auth/token',
    {
      schema: {
        operationId: 'takeTokens',
        summary: 'Log in for a pair of tokens, without a cookie',
        tags: TAGS,
        body: loginSchema,
        response: answers(200, tokenPairSchema),
      },
    },
    async (request) => {
      requireSafeWay(request, rules);
      const pair = await beginFamily(deps, await enter(deps, request, request.body));
      noteOperation(request, { id: pair.family });
      return presentPair(pair);
    },
  );

  app.post(
    '/v1/auth/refresh',
    {
      schema: {
        operationId: 'refreshTokens',
        summary: 'The next pair of tokens; a refresh token that is shown twice voids all of its login',
        tags: TAGS,
        body: refreshSchema,
        response: answers(200, tokenPairSchema),
      },
    },
    async ({ body }) => presentPair(await turnPair(deps, body.refreshToken)),
  );

  app.post(
    '/v1/auth/revoke',
    {
      schema: {
        operationId: 'revokeTokens',
        summary: 'Void the login of a refresh token; one that is void already is no error',
        tags: TAGS,
        body: refreshSchema,
        response: answers(200, meSchema),
      },
    },
    async (request) => {
      const { refreshToken } = request.body;
      const found = await deps.store.refreshFamily(deps.proofs.digest(refreshToken));
      if (found !== undefined) {
        await beginLoginOperation(deps, request, 'session', { id: found.userId, name: found.userName });
        noteOperation(request, { id: found.family });
        await deps.store.revokeFamily(found.family);
      }
      return presentMe(NOBODY, undefined, !(await deps.store.hasAdmin()));
    },
  );
}
