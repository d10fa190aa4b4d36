/**
 * `npm run check:dependencies`: whatever is installed has one exact version, a digest, terms under which it may be
 * passed on, and comes from the registry. Asks nobody; `npm run audit` asks the registry for known faults.
 */

import { glob, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  deliveredPackages,
  dependencyFaults,
  type Lockfile,
  type Manifest,
} from './dependencies/dependencyFaults.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = async (path: string): Promise<unknown> => JSON.parse(await readFile(`${root}/${path}`, 'utf8'));

const lockfile = (await read('package-lock.json')) as Lockfile;
const manifests: Record<string, Manifest> = {};
for await (const path of glob('{package.json,packages/*/package.json}', { cwd: root })) {
  manifests[path] = (await read(path)) as Manifest;
}

const faults = dependencyFaults(lockfile, manifests);
for (const fault of faults) console.error(fault);
console.log(
  `dependencies: ${deliveredPackages(lockfile).length} packages are delivered, ${faults.length} faults`,
);
process.exitCode = faults.length === 0 ? 0 : 1;
