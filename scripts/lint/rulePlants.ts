/** One violation of each rule that the configuration names outside layers and scopes. */

import type { PlantedFile } from './plant.ts';

/** Outside every layer and scope, so that only the rule itself can report. */
const APART = 'test/planted';

const one = (rule: string, text: string, name = 'violation', home = APART): PlantedFile => ({
  path: `${home}/${rule.replace(/[^a-z]/g, '')}/${name}.ts`,
  lines: [{ text, rules: [rule] }],
});

const inTest = (rule: string, text: string): PlantedFile => one(rule, text, 'violation.test');

/** Each in a folder of its own, named after the rule. */
export function rulePlants(): PlantedFile[] {
  return [
    one('eslint(no-debugger)', 'debugger;'),
    one('eslint(eqeqeq)', "export const $ = (a: unknown): boolean => a == 'a';"),
    one('eslint(no-var)', 'export var $ = 1;'),
    one('eslint(prefer-const)', 'export function $(): number { let a = 1; return a; }'),
    one('eslint(no-unused-vars)', 'const $ = 1;'),
    one('eslint(no-console)', "console.log('$');", 'violation', 'packages/server/src/worker'),
    one('import(no-default-export)', 'export default function $(): void {}'),
    one('import(no-cycle)', "export * from './there.ts';", 'here'),
    one('import(no-cycle)', "export * from './here.ts';", 'there'),
    one('typescript(ban-ts-comment)', '// @ts-ignore'),
    one('typescript(consistent-type-imports)', "export type $ = import('./x.ts').$;"),
    one('typescript(no-explicit-any)', 'export const $ = (a: any): unknown => a;'),
    one('typescript(no-floating-promises)', 'export const $ = (): void => { Promise.resolve(1); };'),
    one('typescript(no-misused-promises)', 'if (Promise.resolve(1)) globalThis.dispatchEvent;'),
    one('typescript(only-throw-error)', "export function $(): never { throw 'no'; }"),
    one(
      'typescript(switch-exhaustiveness-check)',
      "export function $(a: 'x' | 'y'): number { switch (a) { case 'x': return 1; } return 2; }",
    ),
    one('unicorn(filename-case)', 'export const $ = 1;', 'not_camel'),
    one('unicorn(prefer-node-protocol)', "import 'fs';"),
    one('tapekeeper(no-vague-file)', 'export const $ = 1;', 'helpers'),
    inTest(
      'tapekeeper(no-fixed-wait)',
      'export const $ = async (sleep: (ms: number) => unknown) => { await sleep(500); };',
    ),
    inTest('eslint(no-restricted-imports)', "import 'node:timers/promises';"),
    inTest('vitest(expect-expect)', "import { it } from 'vitest'; it('is empty', () => {});"),
    inTest(
      'vitest(no-focused-tests)',
      "import { expect, it } from 'vitest'; it.only('is alone', () => { expect(1).toBe(1); });",
    ),
    inTest(
      'vitest(no-disabled-tests)',
      "import { expect, it } from 'vitest'; it.skip('sleeps', () => { expect(1).toBe(1); });",
    ),
  ];
}
