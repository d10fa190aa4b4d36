import { expect, it } from 'vitest';
import { allPlants, runCanary } from './canary.ts';
import { LAYERS } from './layers.ts';
import config from '../../oxlint.config.ts';

it('finds every planted violation, and reports no line that is allowed', async () => {
  const result = await runCanary();
  expect(result.missed).toEqual([]);
  expect(result.wrong).toEqual([]);
  expect(result.files).toBe(allPlants().length);
  expect(result.planted).toBeGreaterThan(LAYERS.length * 100);
});

it('notices when the rule of a single layer is gone', async () => {
  const result = await runCanary(`
    const store = config.overrides.find((one) => one.files[0] === 'packages/server/src/store/**');
    store.rules = {};
  `);
  expect(result.missed.length).toBeGreaterThan(100);
  expect(result.missed.every((line) => line.startsWith('packages/server/src/store/'))).toBe(true);
});

it('notices a pattern that silently matches nothing', async () => {
  const result = await runCanary(`
    const core = config.overrides.find((one) => one.files[0] === 'packages/core/src/**');
    core.rules['no-restricted-imports'][1].patterns = [{ regex: '^(?![.])', message: 'look-ahead' }];
  `);
  expect(result.missed.some((line) => line.includes("from 'zod'"))).toBe(true);
});

it('notices a rule that forbids too much', async () => {
  const result = await runCanary(`
    const worker = config.overrides.find((one) => one.files[0] === 'packages/server/src/worker/**');
    worker.rules['no-restricted-imports'][1].patterns.unshift({ regex: 'ports', message: 'too much' });
  `);
  expect(result.wrong.length).toBeGreaterThan(0);
});

it('plants a violation of every rule that the configuration names', () => {
  const rules = [config, ...config.overrides].flatMap((one) => Object.entries(one.rules ?? {}));
  const named = rules.filter(([, severity]) => severity !== 'off').map(([rule]) => rule);
  const planted = new Set(
    allPlants().flatMap((file) => file.lines.flatMap((line) => line.rules.map(plainName))),
  );
  expect(named.filter((rule) => !planted.has(rule))).toEqual([]);
});

/** `eslint(eqeqeq)` is written `eqeqeq` in the configuration, `import(no-cycle)` is `import/no-cycle`. */
function plainName(reported: string): string {
  return reported
    .replace(/^eslint\((.*)\)$/, '$1')
    .replace('(', '/')
    .replace(')', '');
}
