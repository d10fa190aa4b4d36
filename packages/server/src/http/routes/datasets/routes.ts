import { catalogueEntrySchema, catalogueParamsSchema, catalogueSchema } from '@tapekeeper/contract';
import { DATASET_IDS, type DatasetId } from '@tapekeeper/core';
import { readDataset } from '../../../app/requestSync.ts';
import { priorities } from '../../../app/router/priorities.ts';
import { answers } from '../../answers.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { KEPT_BY_CLIENTS } from '../../etag.ts';
import { presentDataset } from './present.ts';

const TAGS = ['data'];

/** The catalogue: what there is to collect, and how its completeness is judged. */
export function datasetRoutes(app: HttpApp, { deps }: HttpContext): void {
  const entries = async (ids: readonly DatasetId[]) => {
    const order = await priorities(deps);
    return ids.map((id) => presentDataset(id, order.find(({ dataset }) => dataset === id)?.sources ?? []));
  };

  app.get(
    '/v1/datasets',
    {
      schema: {
        operationId: 'listDatasets',
        summary: 'Every data set: columns, key, units, how it is judged complete, who can give it',
        tags: TAGS,
        response: answers(200, catalogueSchema),
      },
    },
    async (_request, reply) =>
      reply.header('cache-control', KEPT_BY_CLIENTS).send({ datasets: await entries(DATASET_IDS) }),
  );

  app.get(
    '/v1/datasets/:dataset',
    {
      schema: {
        operationId: 'getDataset',
        summary: 'One data set',
        tags: TAGS,
        params: catalogueParamsSchema,
        response: answers(200, catalogueEntrySchema),
      },
    },
    async ({ params }) => (await entries([readDataset(params.dataset)]))[0]!,
  );
}
