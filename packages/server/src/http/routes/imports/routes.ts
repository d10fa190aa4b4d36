import {
  importBodySchema,
  importQuerySchema,
  idempotencyHeadersSchema,
  runSchema,
} from '@tapekeeper/contract';
import { requestImport, takeFile } from '../../../app/imports/requestImport.ts';
import { findRun } from '../../../app/runs/findRun.ts';
import { answers } from '../../answers.ts';
import { noteOperation } from '../../audit.ts';
import { authorOf } from '../../auth/author.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { once } from '../../idempotency.ts';
import { NEEDS_TOKEN } from '../../openapi.ts';
import { FORM, takeUploads, uploadOf } from '../../upload.ts';
import { presentRun } from '../runs/present.ts';

/** Rows that people bring in files. */
export function importRoutes(app: HttpApp, { deps }: HttpContext): void {
  const { mostBytes } = deps.tasks.imports;
  app.register(async (scope: HttpApp) => {
    takeUploads(scope, mostBytes);
    scope.post(
      '/v1/imports',
      {
        schema: {
          consumes: FORM,
          operationId: 'createImport',
          summary: 'Bring in the rows of a CSV file; its head is checked at once',
          tags: ['runs'],
          security: NEEDS_TOKEN,
          headers: idempotencyHeadersSchema,
          querystring: importQuerySchema,
          body: importBodySchema,
          response: answers(202, runSchema),
        },
      },
      async (request, reply) => {
        const wish = request.query;
        const { id, body } = await once(
          { deps, request, reply },
          {
            make: async (making) => {
              const { name, bytes } = await uploadOf(request, mostBytes);
              const params = await takeFile(making, bytes, { ...wish, name });
              noteOperation(request, { after: { type: 'import', ...params } });
              return requestImport(making, params, authorOf(request));
            },
            present: async (run) => presentRun(await findRun(deps, run)),
          },
        );
        return reply.code(202).header('location', `/v1/runs/${id}`).send(body);
      },
    );
  });
}
