/**
 * The layer table as patterns of oxlint's `no-restricted-imports`. Two traps shape them, both silent:
 * a regex with a look-ahead matches nothing, and a pattern that allows a text by `!` ends the search,
 * so what is forbidden comes first and the list of what is allowed comes last.
 */

import { isFile, isServerFolder, nameOf, SERVER_FILES, SERVER_LAYERS } from './layers.ts';
import type { Layer } from './layers.ts';

export interface ImportPattern {
  regex?: string;
  group?: string[];
  message: string;
  allowTypeImports?: boolean;
}

const PACKAGE_FOLDERS = String.raw`^(\.\./)+(core|contract|client|server|replay|cli|web)/src/`;
const ENVIRONMENT = '^(node:)?process$';
const TIME = '^(node:)?(timers|timers/promises|perf_hooks)$';
const NETWORK = '^(node:)?(http|https|http2|net|tls|dgram|dns)(/.*)?$';

/** Patterns for the files of one layer, in the order that oxlint needs. */
export function importPatterns(layer: Layer): ImportPattern[] {
  const message = `${nameOf(layer)} may import ${inWords(layer)}.`;
  return [
    { regex: PACKAGE_FOLDERS, message: 'Import a package by its name, not by climbing into its folder.' },
    ...siblingPatterns(layer, message),
    ...nodePatterns(layer),
    { group: ['**', '!./**', '!../**', ...layer.packages.flatMap(allowed)], message },
  ];
}

function siblingPatterns(layer: Layer, message: string): ImportPattern[] {
  if (!layer.path.startsWith('packages/server/')) return [];
  const up = isFile(layer) ? String.raw`^\./` : String.raw`^(\.\./)+`;
  const own = nameOf(layer);
  const hidden = SERVER_LAYERS.filter(
    (name) => name !== own && !layer.layers.includes(name) && !layer.typesOf.includes(name),
  );
  const files = SERVER_FILES.filter((name) => name !== own && !layer.layers.includes(name));
  return [
    { regex: `${up}(${hidden.join('|')})/`, message },
    {
      regex: `${up}(${files.join('|').replaceAll('.', String.raw`\.`)})$`,
      message: 'Only main.ts wires; take this as a dependency.',
    },
    ...layer.typesOf.map((name) => ({
      regex: `${up}${name}/`,
      allowTypeImports: true,
      message: `${message} Of ${name} only types.`,
    })),
  ];
}

function nodePatterns(layer: Layer): ImportPattern[] {
  if (!layer.packages.includes('node:*')) return [];
  const patterns: ImportPattern[] = [
    { regex: ENVIRONMENT, message: 'Only config.ts reads the environment, from the global process.' },
  ];
  if (isServerFolder(layer)) patterns.push({ regex: TIME, message: 'Only clock.ts reads the time.' });
  if (!layer.network) patterns.push({ regex: NETWORK, message: 'This layer opens no connections.' });
  return patterns;
}

/** Negated patterns for one allowed name; `node:fs/promises` needs a second one. */
function allowed(name: string): string[] {
  return name.endsWith('*') ? [`!${name}`, `!${name}/**`] : [`!${name}`];
}

function inWords(layer: Layer): string {
  const names = [...layer.layers, ...layer.packages];
  return names.length === 0 ? 'nothing but itself' : names.join(', ');
}
