/** Imports planted in every layer, each with what the layer table says of it: allowed or not. */

import { isFile, isServerFolder, LAYERS, nameOf, ROOTS, SERVER_FILES, SERVER_LAYERS } from './layers.ts';
import type { Layer } from './layers.ts';
import type { PlantedFile, PlantedLine } from './plant.ts';

const RULE = 'eslint(no-restricted-imports)';

const ALLOWED_SOMEWHERE = LAYERS.flatMap((layer) => layer.packages).filter((name) => !name.endsWith('*'));
// A name that stood twice in one file would be reported once.
const PACKAGES: readonly string[] = [
  ...new Set([
    ...ALLOWED_SOMEWHERE,
    '@tapekeeper/cli',
    '@tapekeeper/replay',
    '@tapekeeper/server/store',
    '@tapekeeper/core/src/day.ts',
    '@fastify/static',
    'pg/lib/client.js',
    'node:fs',
    'node:fs/promises',
    'fs',
    'left-pad',
  ]),
];
const NETWORK = ['node:net', 'node:https', 'node:dns/promises'];
const TIME = ['node:timers', 'node:timers/promises', 'node:perf_hooks'];

/** One file at the top of each layer and one a folder deeper, with every import that can be tried there. */
export function importPlants(): PlantedFile[] {
  const roots = ROOTS.map((path) => ({ path, lines: everythingAllowed() }));
  const layers = LAYERS.flatMap((layer) => {
    if (isFile(layer)) return [{ path: layer.path, lines: lines(layer, './') }];
    return [
      { path: `${layer.path}/planted.ts`, lines: lines(layer, '../') },
      { path: `${layer.path}/nested/planted.ts`, lines: lines(layer, '../../') },
    ];
  });
  return [...roots, ...layers];
}

function everythingAllowed(): PlantedLine[] {
  const siblings = [
    ...SERVER_LAYERS.map((name) => `../${name}/x.ts`),
    ...SERVER_FILES.map((name) => `../${name}`),
  ];
  return [...PACKAGES, ...NETWORK, ...TIME, ...siblings].flatMap((name) => forms(name, true));
}

function lines(layer: Layer, up: string): PlantedLine[] {
  return [
    ...PACKAGES.flatMap((name) => forms(name, allowsPackage(layer, name))),
    ...NETWORK.flatMap((name) => forms(name, layer.network && layer.packages.includes('node:*'))),
    ...TIME.flatMap((name) => forms(name, allowsTime(layer))),
    ...forms('node:process', false),
    ...forms('./neighbour.ts', true),
    ...forms('../../../core/src/day.ts', false),
    ...(layer.path.startsWith('packages/server/') ? siblings(layer, up) : []),
  ];
}

function siblings(layer: Layer, up: string): PlantedLine[] {
  const others = SERVER_LAYERS.filter((name) => name !== nameOf(layer));
  const files = SERVER_FILES.filter((name) => name !== nameOf(layer));
  return [
    ...others.flatMap((name) => {
      const whole = layer.layers.includes(name);
      return forms(`${up}${name}/x.ts`, whole, whole || layer.typesOf.includes(name));
    }),
    ...files.flatMap((name) => forms(`${up}${name}`, layer.layers.includes(name))),
  ];
}

function allowsPackage(layer: Layer, name: string): boolean {
  if (name.startsWith('@fastify/')) return layer.packages.includes('@fastify/*');
  if (name.startsWith('node:')) return layer.packages.includes('node:*');
  return layer.packages.includes(name);
}

function allowsTime(layer: Layer): boolean {
  return layer.packages.includes('node:*') && !isServerFolder(layer);
}

/** Each way to write an import; `types` allows those that take types only. */
function forms(from: string, allowed: boolean, types = allowed): PlantedLine[] {
  const value = allowed ? [] : [RULE];
  const type = types ? [] : [RULE];
  return [
    { text: `import '${from}';`, rules: value },
    { text: `import * as $ from '${from}';`, rules: value },
    { text: `import { $ } from '${from}';`, rules: value },
    { text: `export { $ } from '${from}';`, rules: value },
    { text: `export * from '${from}';`, rules: value },
    { text: `void import('${from}');`, rules: value },
    { text: `import type { $ } from '${from}';`, rules: type },
    { text: `export type { $ } from '${from}';`, rules: type },
  ];
}
