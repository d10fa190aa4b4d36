import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { CookieRules } from '../../../auth/sessionCookie.ts';
import type { HttpApp, HttpContext } from '../../../context.ts';
import { NEEDS_TOKEN } from '../../../openapi.ts';
import { ACCESS_MINUTES } from '../../exceptions.ts';
import { text } from '../../fields.ts';
import { logIn, logOut, renew } from '../../login.ts';
import { DocumentedRefusal } from '../../refusal.ts';
import { documentedAnswers } from '../../system.ts';
import { told, toldSchema } from '../envelope.ts';
import { presentCaller, presentUser, userSchema, wholeUserSchema } from './present.ts';

const MINUTES = ACCESS_MINUTES.tradingAgents;
const LONGEST_TOKEN = 2_048;

const pairShape = { access_token: z.string(), refresh_token: z.string(), expires_in: z.int() };
const loggedInSchema = z.strictObject({ ...pairShape, user: userSchema });
const renewedSchema = z.strictObject(pairShape);

/** Logging in and out as the pages of the trading agents do. */
export function authRoutes(app: HttpApp, context: HttpContext, tag: string, rules: CookieRules): void {
  const tags = [tag];
  app.post(
    '/api/auth/login',
    {
      schema: {
        operationId: 'tradingAgentsLogIn',
        summary: 'Log in for a pair of tokens',
        tags,
        body: z.object({ username: text(), password: text(1_000) }),
        response: documentedAnswers(200, toldSchema(loggedInSchema)),
      },
    },
    async (request) => {
      const { username, password } = request.body;
      if (username === '' || password === '')
        throw new DocumentedRefusal('bad_request', 400, '用户名和密码不能为空');
      const { pair, user } = await logIn(context, rules, request, { username, password, minutes: MINUTES });
      return told({ ...presentPair(pair), user: presentUser(user) }, '登录成功');
    },
  );

  app.post(
    '/api/auth/refresh',
    {
      schema: {
        operationId: 'tradingAgentsRefresh',
        summary: 'The next pair of tokens; a refresh token is good for one',
        tags,
        body: z.object({ refresh_token: text(LONGEST_TOKEN) }),
        response: documentedAnswers(200, toldSchema(renewedSchema)),
      },
    },
    async ({ body: { refresh_token: token } }) => {
      if (token === '') throw new DocumentedRefusal('refresh_refused', 401, 'Refresh token is required');
      return told(presentPair(await renew(context, token, MINUTES)), 'Token刷新成功');
    },
  );

  app.post(
    '/api/auth/logout',
    {
      schema: {
        operationId: 'tradingAgentsLogOut',
        summary: 'End the login that the token comes from',
        tags,
        security: NEEDS_TOKEN,
        response: documentedAnswers(200, toldSchema(z.strictObject({}))),
      },
    },
    async (request) => {
      await logOut(context, request);
      return told({}, '登出成功');
    },
  );

  app.get(
    '/api/auth/me',
    {
      schema: {
        operationId: 'tradingAgentsMe',
        summary: 'Who asks',
        tags,
        response: documentedAnswers(200, toldSchema(wholeUserSchema)),
      },
    },
    async (request) => told(await callerOf(context, request), '获取用户信息成功'),
  );
}

function presentPair({ accessToken, refreshToken }: { accessToken: string; refreshToken: string }) {
  return { access_token: accessToken, refresh_token: refreshToken, expires_in: MINUTES * 60 };
}

async function callerOf({ deps }: HttpContext, { identity }: FastifyRequest) {
  const user = identity.userId === null ? undefined : await deps.store.user(identity.userId);
  return presentCaller(identity, user);
}
