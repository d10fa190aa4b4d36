/**
 * `npm run check:regexes`: every regular expression of the product against texts made to be slow on it. None may
 * take out of all proportion to the length of a text.
 */

import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findRegexes, type FoundRegex } from './regex/findRegexes.ts';
import { SHORT_TEXTS } from './regex/shortTexts.ts';
import { slownessOf } from './regex/slowness.ts';

const run = promisify(execFile);

/** What people and upstreams send texts to: not the tests, nor the stand-ins of upstreams that they ask. */
const CHECKED = ['bin', 'packages/*/src/*', 'packages/web/public', ':!packages/replay', ':!*.test.ts'];

const root = fileURLToPath(new URL('..', import.meta.url));
const options = ['--cached', '--others', '--exclude-standard', '--deduplicate'];
const { stdout } = await run('git', ['ls-files', ...options, '--', ...CHECKED], { cwd: root });
const files = stdout.split('\n').filter((path) => /\.(ts|js|mjs)$/.test(path));

const found = (await Promise.all(files.map(read))).flat();
const expressions = new Map(found.map((one) => [`${fileOf(one)} /${one.source}/${one.flags}`, one]));
const faults: string[] = [];
for (const one of expressions.values()) {
  const { source, flags, place } = one;
  const slowness = slownessOf(source, flags, SHORT_TEXTS[fileOf(one)]?.letters);
  if (slowness === undefined) continue;
  const { attack, letters } = slowness;
  faults.push(`${place}: /${source}/${flags} is slow on ${letters} letters like ${JSON.stringify(attack)}`);
}
for (const path of Object.keys(SHORT_TEXTS)) {
  if (!found.some((one) => fileOf(one) === path)) faults.push(`${path} has no regular expression any more`);
}
if (expressions.size === 0) faults.push('nothing was checked');

for (const fault of faults) console.error(fault);
console.log(
  `regexes: ${expressions.size} regular expressions in ${files.length} files, ${faults.length} faults`,
);
process.exitCode = faults.length === 0 ? 0 : 1;

/** Of a file that has been removed and not yet noted as removed there is nothing to check. */
async function read(path: string): Promise<readonly FoundRegex[]> {
  const isThere = await access(`${root}/${path}`).then(
    () => true,
    () => false,
  );
  return isThere ? findRegexes(root, path) : [];
}

function fileOf({ place }: FoundRegex): string {
  return place.slice(0, place.lastIndexOf(':'));
}
