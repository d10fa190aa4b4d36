import { installStartersSchema, starterListSchema, startersInstalledSchema } from '@tapekeeper/contract';
import { installStarters, listStarters } from '../../../app/jobs/installStarters.ts';
import { answers } from '../../answers.ts';
import { noteOperation } from '../../audit.ts';
import { authorOf } from '../../auth/author.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { NEEDS_TOKEN } from '../../openapi.ts';
import { presentStarter } from './present.ts';

const TAGS = ['jobs'];

/** The jobs that the program brings along. */
export function starterRoutes(app: HttpApp, { deps }: HttpContext): void {
  app.get(
    '/v1/starters',
    {
      schema: {
        operationId: 'listStarters',
        summary: 'Jobs that the program brings along, and which of them are there',
        tags: TAGS,
        response: answers(200, starterListSchema),
      },
    },
    async () => ({ starters: (await listStarters(deps)).map(presentStarter) }),
  );

  app.post(
    '/v1/starters',
    {
      schema: {
        operationId: 'installStarters',
        summary: 'Make those that are not there; what is there stays as it is',
        tags: TAGS,
        security: NEEDS_TOKEN,
        body: installStartersSchema,
        response: answers(200, startersInstalledSchema),
      },
    },
    async (request) => {
      const author = authorOf(request);
      const installed = await installStarters(deps, { ...request.body, which: 'missing', author });
      noteOperation(request, { after: { enable: request.body.enable, installed } });
      return { installed: [...installed] };
    },
  );
}
