import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { CookieRules } from '../../../auth/sessionCookie.ts';
import type { HttpApp, HttpContext } from '../../../context.ts';
import { NEEDS_TOKEN } from '../../../openapi.ts';
import { ACCESS_MINUTES } from '../../exceptions.ts';
import { text } from '../../fields.ts';
import { logIn, logOut } from '../../login.ts';
import { inWords } from '../../refusal.ts';
import { documentedAnswers } from '../../system.ts';
import { takeForms } from './formBody.ts';
import { adminSchema, presentAdmin, presentInstallation } from './present.ts';

/** Earlier clients log in at the first path, later ones at the second. */
const LOGIN_PATHS = { stockQuoteLogIn: '/api/admin/auth/login', stockQuoteLogInAlias: '/api/admin/login' };
const ME_PATHS = { stockQuoteMe: '/api/admin/auth/me', stockQuoteMeAlias: '/api/admin/me' };

const loginSchema = z.object({ username: text(), password: text(1_000) });

const loggedInSchema = z
  .strictObject({ access_token: z.string(), token_type: z.literal('bearer'), admin: adminSchema })
  .meta({ id: 'StockQuoteLoggedIn' });

const verifiedSchema = z
  .strictObject({ valid: z.literal(true), admin: adminSchema })
  .meta({ id: 'StockQuoteVerified' });

/** Logging in and out as the pages of the stock quote system do: with a form, or with JSON. */
export function adminRoutes(app: HttpApp, context: HttpContext, tag: string, rules: CookieRules): void {
  app.register(async (scope: HttpApp) => {
    takeForms(scope);
    loginRoutes(scope, context, tag, rules);
    logOutRoute(scope, context, tag);
  });
  whoRoutes(app, context, tag);
}

function loginRoutes(app: HttpApp, context: HttpContext, tag: string, rules: CookieRules): void {
  for (const [operationId, path] of Object.entries(LOGIN_PATHS)) {
    app.post(
      path,
      {
        schema: {
          operationId,
          summary: 'Log in for an access token, with a form or with JSON',
          tags: [tag],
          body: loginSchema,
          response: documentedAnswers(200, loggedInSchema),
        },
      },
      async (request) => {
        const { username, password } = request.body as z.output<typeof loginSchema>;
        const wish = { username, password, minutes: ACCESS_MINUTES.stockQuote };
        const { pair, user } = await inWords({ login_refused: [401, '用户名或密码错误'] }, () =>
          logIn(context, rules, request, wish),
        );
        return {
          access_token: pair.accessToken,
          token_type: 'bearer' as const,
          admin: presentAdmin(user),
        };
      },
    );
  }
}

function logOutRoute(app: HttpApp, context: HttpContext, tag: string): void {
  app.post(
    '/api/admin/auth/logout',
    {
      schema: {
        operationId: 'stockQuoteLogOut',
        summary: 'End the login that the token comes from',
        tags: [tag],
        security: NEEDS_TOKEN,
        response: documentedAnswers(200, z.strictObject({ message: z.string() })),
      },
    },
    async (request) => {
      await logOut(context, request);
      return { message: '登出成功' };
    },
  );
}

function whoRoutes(app: HttpApp, context: HttpContext, tag: string): void {
  for (const [operationId, path] of Object.entries(ME_PATHS)) {
    app.get(
      path,
      {
        schema: {
          operationId,
          summary: 'Who asks',
          tags: [tag],
          response: documentedAnswers(200, adminSchema),
        },
      },
      (request) => adminOf(context, request),
    );
  }

  app.get(
    '/api/admin/auth/verify',
    {
      schema: {
        operationId: 'stockQuoteVerify',
        summary: 'Whether the token is good, and whose it is',
        tags: [tag],
        response: documentedAnswers(200, verifiedSchema),
      },
    },
    async (request) => ({ valid: true as const, admin: await adminOf(context, request) }),
  );
}

async function adminOf(
  { deps }: Pick<HttpContext, 'deps'>,
  { identity }: FastifyRequest,
): Promise<z.output<typeof adminSchema>> {
  const user = identity.userId === null ? undefined : await deps.store.user(identity.userId);
  return user === undefined ? presentInstallation(identity) : presentAdmin(user);
}
