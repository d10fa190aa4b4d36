/** `npm run check:layers`: proves that the linter's rules bite and that they reach every file. */

import { fileURLToPath } from 'node:url';
import { runCanary } from './lint/canary.ts';
import { placesWithoutLayer, unreadFiles } from './lint/coverage.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const [canary, reach, places] = await Promise.all([runCanary(), unreadFiles(root), placesWithoutLayer(root)]);

const faults = [
  ...canary.missed.map((line) => `planted, not reported: ${line}`),
  ...canary.wrong.map((line) => `allowed, yet reported: ${line}`),
  ...reach.unread.map((path) => `not read by the linter: ${path}`),
  ...places.map((path) => `no layer in scripts/lint/layers.ts: ${path}`),
];
if (canary.planted === 0 || reach.files === 0) faults.push('nothing was checked');

for (const fault of faults) console.error(fault);
console.log(
  `layers: ${canary.planted - canary.missed.length} of ${canary.planted} planted violations reported, ` +
    `${reach.files - reach.unread.length} of ${reach.files} source files read`,
);
process.exitCode = faults.length === 0 ? 0 : 1;
