/**
 * Makes the pages of docs/ that say what the program says of itself: states, errors, settings, data sets, the HTTP interface.
 *
 *   npm run docs
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openapiText } from './docs/openapiDocument.ts';
import { PAGES } from './docs/pages.ts';

for (const [path, make] of Object.entries({ ...PAGES, 'docs/openapi.json': openapiText })) {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, await make());
  process.stdout.write(`${path}\n`);
}
