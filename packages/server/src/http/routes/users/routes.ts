import {
  changeUserSchema,
  newUserSchema,
  setPasswordSchema,
  userListQuerySchema,
  userListSchema,
  userParamsSchema,
  userSchema,
} from '@tapekeeper/contract';
import { setUserPassword } from '../../../app/access/changePassword.ts';
import { createUser, findUser } from '../../../app/access/users.ts';
import { answers } from '../../answers.ts';
import { noteOperation } from '../../audit.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { NEEDS_TOKEN } from '../../openapi.ts';
import { auditedUser, presentUser } from './present.ts';

const TAGS = ['access'];

export function userRoutes(app: HttpApp, { deps }: HttpContext): void {
  app.get(
    '/v1/users',
    {
      schema: {
        operationId: 'listUsers',
        summary: 'Who may come in, by name',
        tags: TAGS,
        querystring: userListQuerySchema,
        response: answers(200, userListSchema),
      },
    },
    async ({ query: { after, limit } }) => {
      const found = await deps.store.users(after, limit + 1);
      const page = found.slice(0, limit);
      return {
        users: page.map(presentUser),
        next: found.length > limit ? (page.at(-1)?.name ?? null) : null,
      };
    },
  );

  app.get(
    '/v1/users/:user',
    {
      schema: {
        operationId: 'getUser',
        summary: 'One user, by number or name',
        tags: TAGS,
        params: userParamsSchema,
        response: answers(200, userSchema),
      },
    },
    async ({ params }) => presentUser(await findUser(deps, params.user)),
  );

  app.post(
    '/v1/users',
    {
      schema: {
        operationId: 'createUser',
        summary: 'Let somebody in',
        tags: TAGS,
        security: NEEDS_TOKEN,
        body: newUserSchema,
        response: answers(201, userSchema),
      },
    },
    async (request, reply) => {
      const made = await createUser(deps, request.body);
      noteOperation(request, { id: String(made.id), after: auditedUser(made) });
      return reply.code(201).header('location', `/v1/users/${made.id}`).send(presentUser(made));
    },
  );

  app.put(
    '/v1/users/:user',
    {
      schema: {
        operationId: 'updateUser',
        summary: 'Give a user another role or name, or shut them out; what is left out stays',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: userParamsSchema,
        body: changeUserSchema,
        response: answers(200, userSchema),
      },
    },
    async (request) => {
      const former = await findUser(deps, request.params.user);
      noteOperation(request, { id: String(former.id), before: auditedUser(former) });
      const { displayName, role, enabled, version } = request.body;
      const changed = await deps.store.updateUser(former.id, {
        displayName: displayName ?? former.displayName,
        role: role ?? former.role,
        enabled: enabled ?? former.enabled,
        version,
      });
      noteOperation(request, { after: auditedUser(changed) });
      return presentUser(changed);
    },
  );

  app.post(
    '/v1/users/:user/password',
    {
      schema: {
        operationId: 'setUserPassword',
        summary: 'Give a user another password, which ends all their sessions',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: userParamsSchema,
        body: setPasswordSchema,
        response: answers(200, userSchema),
      },
    },
    async (request) => {
      const former = await findUser(deps, request.params.user);
      noteOperation(request, { id: String(former.id), before: auditedUser(former) });
      const changed = await setUserPassword(deps, former, request.body.password);
      noteOperation(request, { after: auditedUser(changed) });
      return presentUser(changed);
    },
  );

  app.delete(
    '/v1/users/:user',
    {
      schema: {
        operationId: 'deleteUser',
        summary: 'Remove a user, with all that proves who they are',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: userParamsSchema,
        response: answers(200, userSchema),
      },
    },
    async (request) => {
      const former = await findUser(deps, request.params.user);
      noteOperation(request, { id: String(former.id), before: auditedUser(former) });
      return presentUser(await deps.store.deleteUser(former.id));
    },
  );
}
