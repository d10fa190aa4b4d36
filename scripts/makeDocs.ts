/**
 * Makes the pages of docs/ that say what the program says of itself: states, errors, settings, data sets.
 *
 *   npm run docs
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PAGES } from './docs/pages.ts';

for (const [path, make] of Object.entries(PAGES)) {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, make());
  process.stdout.write(`${path}\n`);
}
