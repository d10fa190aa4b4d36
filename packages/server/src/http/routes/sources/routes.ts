import {
  forgottenSchema,
  hostParamsSchema,
  newPrioritySchema,
  prioritiesSchema,
  priorityParamsSchema,
  recommendationsSchema,
  sourceParamsSchema,
  sourcesSchema,
  sourceTestSchema,
} from '@tapekeeper/contract';
import { forgetLearned } from '../../../app/router/forgetLearned.ts';
import { listSources } from '../../../app/router/listSources.ts';
import { clearPriority, priorities, readSource, setPriority } from '../../../app/router/priorities.ts';
import { recommend } from '../../../app/router/recommend.ts';
import { testSource } from '../../../app/router/testSource.ts';
import { answers } from '../../answers.ts';
import { noteOperation } from '../../audit.ts';
import { authorOf } from '../../auth/author.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { NEEDS_TOKEN } from '../../openapi.ts';
import { presentPriorities, presentRecommendations, presentSources, presentTest } from './present.ts';

const TAGS = ['sources'];

export function sourceRoutes(app: HttpApp, { deps }: HttpContext): void {
  /** As somebody has set it; null where nobody has. */
  const chosenOrder = async (dataset: string): Promise<readonly string[] | null> =>
    (await deps.store.priorities()).find((one) => one.dataset === dataset)?.sources ?? null;

  app.get(
    '/v1/sources',
    {
      schema: {
        operationId: 'listSources',
        summary: 'Sources with what each can give, what it may be asked, and how its hosts are',
        tags: TAGS,
        response: answers(200, sourcesSchema),
      },
    },
    async () => presentSources(await listSources(deps)),
  );

  app.get(
    '/v1/sources/recommendations',
    {
      schema: {
        operationId: 'recommendSources',
        summary: 'Whom a run of each data set would ask now, and what stands in the way',
        tags: TAGS,
        response: answers(200, recommendationsSchema),
      },
    },
    async () => presentRecommendations(await recommend(deps)),
  );

  app.post(
    '/v1/sources/:source/test',
    {
      schema: {
        operationId: 'testSource',
        summary: 'One small call to a source, within ten seconds',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: sourceParamsSchema,
        response: answers(200, sourceTestSchema),
      },
    },
    async ({ params }) => presentTest(await testSource(deps, readSource(deps, params.source))),
  );

  app.delete(
    '/v1/hosts/:host/learned',
    {
      schema: {
        operationId: 'forgetLearned',
        summary: 'Forget the ceilings that a host has taught, as after buying points',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: hostParamsSchema,
        response: answers(200, forgottenSchema),
      },
    },
    async (request) => {
      const { host } = request.params;
      const forgotten = await forgetLearned(deps, host);
      noteOperation(request, { before: { learned: forgotten }, after: { learned: 0 } });
      return { host, forgotten };
    },
  );

  app.get(
    '/v1/priorities',
    {
      schema: {
        operationId: 'listPriorities',
        summary: 'The order in which sources are asked for each data set',
        tags: TAGS,
        response: answers(200, prioritiesSchema),
      },
    },
    async () => presentPriorities(await priorities(deps)),
  );

  app.put(
    '/v1/priorities/:dataset',
    {
      schema: {
        operationId: 'setPriority',
        summary: 'Set the order for a data set, or for all (*)',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: priorityParamsSchema,
        body: newPrioritySchema,
        response: answers(200, prioritiesSchema),
      },
    },
    async (request) => {
      const { dataset } = request.params;
      noteOperation(request, { before: await chosenOrder(dataset) });
      await setPriority(deps, dataset, request.body.sources, authorOf(request));
      noteOperation(request, { after: await chosenOrder(dataset) });
      return presentPriorities(await priorities(deps));
    },
  );

  app.delete(
    '/v1/priorities/:dataset',
    {
      schema: {
        operationId: 'clearPriority',
        summary: 'Back to the order of all, or of the settings',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: priorityParamsSchema,
        response: answers(200, prioritiesSchema),
      },
    },
    async (request) => {
      const { dataset } = request.params;
      noteOperation(request, { before: await chosenOrder(dataset) });
      await clearPriority(deps, dataset);
      return presentPriorities(await priorities(deps));
    },
  );
}
