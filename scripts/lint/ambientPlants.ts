/** Time, chance, environment and network reached for in every scope, each with what the scope says of it. */

import { matchesGlob } from 'node:path';
import { bannedGlobals, bannedProperties, bansPresentDate, everyBannedName, SCOPES } from './ambient.ts';
import type { NamedBan, Scope } from './ambient.ts';
import { isFile, LAYERS } from './layers.ts';
import type { PlantedFile, PlantedLine } from './plant.ts';

const TESTS = ['packages/core/src/planted.test.ts', 'test/e2e/planted.test.ts'];

/** One file in every layer, and tests beside files and apart. */
export function ambientPlants(): PlantedFile[] {
  const layers = LAYERS.map((layer) => (isFile(layer) ? layer.path : `${layer.path}/planted.ts`));
  return [...layers, ...TESTS].map((path) => ({ path, lines: lines(scopeOf(path)) }));
}

function scopeOf(path: string): Scope {
  return SCOPES.findLast((scope) => matchesGlob(path, scope.files)) ?? { files: path, bans: [] };
}

function lines(scope: Scope): PlantedLine[] {
  const all = everyBannedName();
  const names = (bans: readonly NamedBan[]): string[] => bans.map((ban) => ban.name);
  const globals = names(bannedGlobals(scope));
  const properties = names(bannedProperties(scope));
  const present = bansPresentDate(scope) ? ['tapekeeper(no-present-date)'] : [];
  return [
    ...all.globals.flatMap((name) => {
      const rules = globals.includes(name) ? ['eslint(no-restricted-globals)'] : [];
      return [
        { text: `export const $ = typeof ${name}.name;`, rules },
        { text: `export const $ = globalThis.${name};`, rules },
      ];
    }),
    ...all.properties.flatMap((name) => {
      const [object = '', property = ''] = name.split('.');
      const rules = [
        ...(properties.includes(name) ? ['eslint(no-restricted-properties)'] : []),
        ...(globals.includes(object) ? ['eslint(no-restricted-globals)'] : []),
      ];
      return [
        { text: `export const $ = ${object}.${property};`, rules },
        { text: `export const $ = ${object}['${property}'];`, rules },
        { text: `export const { ${property}: $ } = ${object};`, rules },
      ];
    }),
    { text: 'export const $ = new Date();', rules: present },
    { text: 'export const $ = new Date(0);', rules: [] },
  ];
}
