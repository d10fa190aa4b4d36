import type { Scenario } from '../../packages/replay/src/scenarios/scenario.ts';
import { readScenarios } from '../../packages/replay/src/scenarios/scenarioFiles.ts';
import { code, page, table } from './markdown.ts';

/** `docs/scenarios.md`: every trouble that is played against the program, and what it does about it. */
export function scenariosPage(): string {
  return page('Scenarios', [
    'What people report of the upstreams is kept as data in `packages/replay/scenarios`, one file a trouble. Each is played\n' +
      'by `npx vitest run test/scenarios`: real clients over the real wire protocols, a real database, and a replay exchange\n' +
      'that misbehaves as the file says. After each of them every stored daily bar is compared with the data that the\n' +
      'upstream had, value by value.',
    table(
      ['scenario', 'what it imitates', 'reported in', 'what the program does'],
      readScenarios().map(rowOf),
    ),
  ]);
}

function rowOf({ name, imitates, product }: Scenario): readonly string[] {
  return [code(name), imitates.en, lettersOnly(imitates.reference), product.en];
}

/** References quote upstreams in Chinese, whose letters are wider than one place of a table. */
function lettersOnly(reference: string): string {
  return reference.replaceAll(/\s*\([^()]*[^\x20-\x7e][^()]*\)/g, '').replaceAll(/[^\x20-\x7e]/g, '');
}
