import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readScenario } from './readScenario.ts';
import type { Scenario } from './scenario.ts';

const ENDING = '.json';

/** The folder of the scenarios that come with the replay exchange. */
export function scenarioFolder(): string {
  return fileURLToPath(new URL('../../scenarios', import.meta.url));
}

/** All scenarios of a folder by name, read and checked. Throws `bad_setting` for the first that is wrong. */
export function readScenarios(folder: string = scenarioFolder()): readonly Scenario[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(ENDING))
    .toSorted()
    .map((file) => readScenario(file.slice(0, -ENDING.length), readFileSync(join(folder, file), 'utf8')));
}
