import { isAppError } from '@tapekeeper/core';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { TokenPair } from '../../../../app/access/tokenPairs.ts';
import type { CookieRules } from '../../../auth/sessionCookie.ts';
import type { HttpApp, HttpContext } from '../../../context.ts';
import { ACCESS_MINUTES } from '../../exceptions.ts';
import { text } from '../../fields.ts';
import { logIn, logOut, renew } from '../../login.ts';
import { DocumentedRefusal } from '../../refusal.ts';
import { documentedAnswers } from '../../system.ts';
import { about, withToken } from '../route.ts';
import { presentUser, userSchema } from './userSchema.ts';

const MINUTES = ACCESS_MINUTES.zquant;
const tokenText = text(2_048).min(1);

const pairSchema = z
  .strictObject({ access_token: z.string(), refresh_token: z.string(), token_type: z.literal('bearer') })
  .meta({ id: 'ZquantTokens' });

/** Logging in and out, and who asks, as the pages of the platform do. */
export function zquantAuthRoutes(app: HttpApp, context: HttpContext, rules: CookieRules): void {
  const pair = documentedAnswers(200, pairSchema);
  app.post(
    '/api/v1/auth/login',
    {
      schema: {
        ...about('zquantLogIn', 'Log in for a pair of tokens'),
        body: z.object({ username: text(), password: text(1_000) }),
        response: pair,
      },
    },
    async (request) => {
      const { username, password } = request.body;
      try {
        const wish = { username, password, minutes: MINUTES };
        return presentPair((await logIn(context, rules, request, wish)).pair);
      } catch (error) {
        throw lockedOf(error);
      }
    },
  );

  app.post(
    '/api/v1/auth/refresh',
    {
      schema: {
        ...about('zquantRefresh', 'The next pair of tokens; the old one may be in the query or in the body'),
        querystring: z.object({ refresh_token: tokenText.optional() }),
        body: z.object({ refresh_token: tokenText.optional() }).nullish(),
        response: pair,
      },
    },
    async ({ query, body }) => {
      const token = query.refresh_token ?? body?.refresh_token;
      if (token === undefined) throw new DocumentedRefusal('bad_request', 422, '缺少 refresh_token');
      return presentPair(await renew(context, token, MINUTES));
    },
  );

  app.post(
    '/api/v1/auth/logout',
    {
      schema: {
        ...withToken('zquantLogOut', 'End the login that the token comes from'),
        response: documentedAnswers(200, z.strictObject({ message: z.string() })),
      },
    },
    async (request) => {
      await logOut(context, request);
      return { message: '登出成功' };
    },
  );

  const me = documentedAnswers(200, userSchema);
  const caller = async ({ identity }: FastifyRequest) =>
    presentUser(
      identity,
      identity.userId === null ? undefined : await context.deps.store.user(identity.userId),
    );
  app.get('/api/v1/users/me', { schema: { ...about('zquantGetMe', 'Who asks'), response: me } }, caller);
  app.post(
    '/api/v1/users/me',
    { schema: { ...withToken('zquantGetMeAlias', 'Who asks'), response: me } },
    caller,
  );
}

function presentPair({ accessToken, refreshToken }: TokenPair): z.output<typeof pairSchema> {
  return { access_token: accessToken, refresh_token: refreshToken, token_type: 'bearer' };
}

/** How long the door is shut, in minutes, as the platform says it. */
function lockedOf(error: unknown): unknown {
  if (!isAppError(error, 'login_throttled')) return error;
  const minutes = Math.max(1, Math.ceil(Number(error.details['seconds']) / 60));
  return new DocumentedRefusal(error.code, 401, `账户已被锁定，请${minutes}分钟后再试`);
}
