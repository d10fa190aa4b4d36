import { chooseBudgetsSchema, hostListSchema, hostParamsSchema, hostViewSchema } from '@tapekeeper/contract';
import { chooseBudgets, closeBreaker, findHost, listHosts } from '../../../app/router/hosts.ts';
import { answers } from '../../answers.ts';
import { noteOperation } from '../../audit.ts';
import { authorOf } from '../../auth/author.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { NEEDS_TOKEN } from '../../openapi.ts';
import { presentHost } from './present.ts';

const TAGS = ['sources'];

/** Hosts of the sources: whether they may be asked, how often, and how long they take. */
export function hostRoutes(app: HttpApp, { deps }: HttpContext): void {
  app.get(
    '/v1/hosts',
    {
      schema: {
        operationId: 'listHosts',
        summary: 'Hosts of the sources, with breakers, budgets and what they have taught',
        tags: TAGS,
        response: answers(200, hostListSchema),
      },
    },
    async () => ({ hosts: (await listHosts(deps)).map(presentHost) }),
  );

  app.get(
    '/v1/hosts/:host',
    {
      schema: {
        operationId: 'getHost',
        summary: 'One host',
        tags: TAGS,
        params: hostParamsSchema,
        response: answers(200, hostViewSchema),
      },
    },
    async ({ params }) => presentHost(await findHost(deps, params.host)),
  );

  app.put(
    '/v1/hosts/:host/budgets',
    {
      schema: {
        operationId: 'setHostBudgets',
        summary: 'How often a host may be asked, in the place of what the settings say; restarts keep it',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: hostParamsSchema,
        body: chooseBudgetsSchema,
        response: answers(200, hostViewSchema),
      },
    },
    async (request) => {
      const { host } = request.params;
      const before = presentHost(await findHost(deps, host)).rules;
      const view = presentHost(
        await chooseBudgets(deps, host, { ...request.body, author: authorOf(request) }),
      );
      noteOperation(request, { before, after: view.rules });
      return view;
    },
  );

  app.post(
    '/v1/hosts/:host/close-breaker',
    {
      schema: {
        operationId: 'closeBreaker',
        summary: 'Let a host be asked again at once; should it fail again, its breaker opens anew',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: hostParamsSchema,
        response: answers(200, hostViewSchema),
      },
    },
    async (request) => {
      const { state: before } = await findHost(deps, request.params.host);
      const view = presentHost(await closeBreaker(deps, request.params.host));
      noteOperation(request, { before: { state: before }, after: { state: view.state } });
      return view;
    },
  );
}
