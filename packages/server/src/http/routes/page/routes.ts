import { z } from 'zod';
import { PROBLEM_ANSWER } from '../../answers.ts';
import type { HttpApp } from '../../context.ts';

/** The files of the pages, by the only paths that lead to a file; what they show they ask for. */
const FILES = [
  { path: '/', file: 'index.html', operationId: 'getPage', type: 'text/html' },
  { path: '/page.css', file: 'page.css', operationId: 'getPageCss', type: 'text/css' },
  { path: '/door.css', file: 'door.css', operationId: 'getPageDoorStyle', type: 'text/css' },
  { path: '/door.js', file: 'door.js', operationId: 'getPageDoor', type: 'application/javascript' },
  { path: '/page.js', file: 'page.js', operationId: 'getPageScript', type: 'application/javascript' },
  {
    path: '/datasets.js',
    file: 'datasets.js',
    operationId: 'getPageDatasets',
    type: 'application/javascript',
  },
  { path: '/draw.js', file: 'draw.js', operationId: 'getPageDraw', type: 'application/javascript' },
  { path: '/figures.js', file: 'figures.js', operationId: 'getPageFigures', type: 'application/javascript' },
  { path: '/runs.js', file: 'runs.js', operationId: 'getPageRuns', type: 'application/javascript' },
  { path: '/words.js', file: 'words.js', operationId: 'getPageWords', type: 'application/javascript' },
  { path: '/icon.svg', file: 'icon.svg', operationId: 'getPageIcon', type: 'image/svg+xml' },
  { path: '/docs', file: 'docs.html', operationId: 'getDocs', type: 'text/html' },
  { path: '/docs.css', file: 'docs.css', operationId: 'getDocsStyle', type: 'text/css' },
  { path: '/docs.js', file: 'docs.js', operationId: 'getDocsScript', type: 'application/javascript' },
] as const;

/** Where our page is when a folder of others has the root. */
const BESIDE = '/tapekeeper';

/** Serves the page from its folder. A name of a request never becomes a path of a file. */
export function pageRoutes(app: HttpApp, pageDir: string, hasRoot: boolean): void {
  for (const { path, file, operationId, type } of FILES) {
    app.get(
      path === '/' && !hasRoot ? BESIDE : path,
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
        reply.header('cache-control', 'no-cache').sendFile(file, pageDir);
      },
    );
  }
}
