import { changePasswordSchema, loginSchema, meSchema, setUpSchema, type Me } from '@tapekeeper/contract';
import { AppError, NOBODY, type Identity } from '@tapekeeper/core';
import { changeOwnPassword } from '../../../app/access/changePassword.ts';
import { admitSetup, setUpAdmin } from '../../../app/access/firstAdmin.ts';
import type { AppDeps } from '../../../app/deps.ts';
import { answers } from '../../answers.ts';
import { noteOperation } from '../../audit.ts';
import { beginLoginOperation } from '../../auth/loginOperation.ts';
import { clearSessionCookie, requireSafeWay, type CookieRules } from '../../auth/sessionCookie.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { NEEDS_TOKEN } from '../../openapi.ts';
import { auditedUser } from '../users/present.ts';
import { beginSession, enter } from './enter.ts';
import { presentMe } from './present.ts';

const TAGS = ['access'];

/** Ways in and out for people, by the cookie of a session. */
export function authRoutes(app: HttpApp, { deps }: HttpContext, rules: CookieRules): void {
  app.get(
    '/v1/auth/me',
    {
      schema: {
        operationId: 'getMe',
        summary: 'Who asks, what they may do, and whether there is an admin yet',
        tags: TAGS,
        response: answers(200, meSchema),
      },
    },
    async ({ identity }) => describe(deps, identity),
  );

  app.post(
    '/v1/auth/login',
    {
      schema: {
        operationId: 'logIn',
        summary: 'Log in; the answer sets the cookie of a session',
        tags: TAGS,
        body: loginSchema,
        response: answers(200, meSchema),
      },
    },
    async (request, reply) => {
      requireSafeWay(request, rules);
      const proved = await enter(deps, request, request.body);
      return describe(deps, await beginSession(deps, request, reply, proved));
    },
  );

  app.post(
    '/v1/auth/logout',
    {
      schema: {
        operationId: 'logOut',
        summary: 'End the session that asks',
        tags: TAGS,
        security: NEEDS_TOKEN,
        response: answers(200, meSchema),
      },
    },
    async (request, reply) => {
      const id = Number(/^session:(\d+)$/.exec(request.identity.credential ?? '')?.[1] ?? 0);
      if (id === 0) throw new AppError('unknown_session', { session: '-' });
      noteOperation(request, { id: String(id) });
      await deps.store.revokeSession(id, request.identity.userId);
      clearSessionCookie(request, reply);
      return describe(deps, NOBODY);
    },
  );

  app.post(
    '/v1/auth/password',
    {
      schema: {
        operationId: 'changePassword',
        summary: 'Change the own password, which ends all sessions; the one that asks gets a new cookie',
        tags: TAGS,
        security: NEEDS_TOKEN,
        body: changePasswordSchema,
        response: answers(200, meSchema),
      },
    },
    async (request, reply) => {
      const { userId, proof, name } = request.identity;
      if (userId === null) throw new AppError('no_user', { who: name });
      requireSafeWay(request, rules);
      noteOperation(request, { id: String(userId) });
      const changed = await changeOwnPassword(deps, { ...request.body, userId, ip: request.ip });
      if (proof !== 'session') return describe(deps, request.identity);
      const identity = await beginSession(deps, request, reply, changed);
      noteOperation(request, { id: String(userId) });
      return describe(deps, identity);
    },
  );

  app.post(
    '/v1/auth/setup',
    {
      schema: {
        operationId: 'setUp',
        summary: 'Make the first admin by the code that the log of the server shows, and log in',
        tags: TAGS,
        body: setUpSchema,
        response: answers(201, meSchema),
      },
    },
    async (request, reply) => {
      requireSafeWay(request, rules);
      const { code, ...admin } = request.body;
      const admitted = await admitSetup(deps, request.ip);
      await beginLoginOperation(deps, request, 'user', undefined);
      const made = await setUpAdmin(deps, admitted, code, admin);
      const secrets = await deps.store.userSecrets(made.name, request.ip);
      if (secrets === undefined) throw new AppError('unknown_user', { user: made.name });
      const identity = await beginSession(deps, request, reply, secrets);
      noteOperation(request, { id: String(made.id), after: auditedUser(made) });
      return reply.code(201).send(await describe(deps, identity));
    },
  );
}

async function describe({ store }: Pick<AppDeps, 'store'>, identity: Identity): Promise<Me> {
  const user = identity.userId === null ? undefined : await store.user(identity.userId);
  return presentMe(identity, user, !(await store.hasAdmin()));
}
