import { groupListSchema, groupParamsSchema, groupSchema, setGroupSchema } from '@tapekeeper/contract';
import { setGroup } from '../../../app/jobs/setGroup.ts';
import { answers } from '../../answers.ts';
import { noteOperation } from '../../audit.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { NEEDS_TOKEN } from '../../openapi.ts';
import { presentGroup } from './present.ts';

const TAGS = ['jobs'];

/** Concurrency groups: jobs that share a number of runs at a time. */
export function groupRoutes(app: HttpApp, { deps }: HttpContext): void {
  app.get(
    '/v1/groups',
    {
      schema: {
        operationId: 'listGroups',
        summary: 'Concurrency groups by name, with the runs that are open in them',
        tags: TAGS,
        response: answers(200, groupListSchema),
      },
    },
    async () => ({ groups: (await deps.store.groups()).map(presentGroup) }),
  );

  app.put(
    '/v1/groups/:name',
    {
      schema: {
        operationId: 'setGroup',
        summary: 'How many runs of a group there may be at a time; runs that waited get their turn',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: groupParamsSchema,
        body: setGroupSchema,
        response: answers(200, groupSchema),
      },
    },
    async (request) => {
      const { name } = request.params;
      const former = (await deps.store.groups()).find((group) => group.name === name);
      const group = await setGroup(deps, name, request.body.most);
      noteOperation(request, { before: former && { most: former.most }, after: { most: group.most } });
      return presentGroup(group);
    },
  );
}
