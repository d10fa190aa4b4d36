import { z } from 'zod';
import { PROBLEM_ANSWER } from '../../answers.ts';
import type { HttpApp } from '../../context.ts';

/** The pages that show the document of the interface; they hold nothing themselves, and ask for the document. */
const FILES = [
  { path: '/docs', file: 'docs.html', operationId: 'getDocs', type: 'text/html' },
  { path: '/docs.css', file: 'docs.css', operationId: 'getDocsStyle', type: 'text/css' },
  { path: '/docs.js', file: 'docs.js', operationId: 'getDocsScript', type: 'application/javascript' },
] as const;

/** Served from the folder of the page, by whatever sends its files. */
export function docsRoutes(app: HttpApp): void {
  for (const { path, file, operationId, type } of FILES) {
    app.get(
      path,
      {
        schema: {
          operationId,
          summary: file,
          tags: ['page'],
          response: {
            200: { description: file, content: { [type]: { schema: z.string() } } },
            ...PROBLEM_ANSWER,
          },
        },
      },
      (_request, reply) => {
        reply.header('cache-control', 'no-cache').sendFile(file);
      },
    );
  }
}
