import { assert } from 'vitest';
import type { Count } from '../../packages/replay/src/scenarios/scenario.ts';

export type Numbers = Readonly<Record<string, number | undefined>>;

/** Checks one number against what a scenario says of it. */
export function expectCount(found: number, wanted: Count, what: string): void {
  if (typeof wanted === 'number') {
    assert.strictEqual(found, wanted, what);
    return;
  }
  if (wanted.atLeast !== undefined) assert.isAtLeast(found, wanted.atLeast, what);
  if (wanted.atMost !== undefined) assert.isAtMost(found, wanted.atMost, what);
}

/** Checks that exactly these names are there, each as often as wanted; a name wanted 0 times may lack. */
export function expectCounts(
  found: Numbers,
  wanted: Readonly<Record<string, Count | undefined>>,
  what: string,
): void {
  const named = (counts: object): string[] =>
    Object.entries(counts).flatMap(([name, count]) => (count === 0 ? [] : [name]));
  const maybe = Object.entries(wanted).flatMap(([name, count]) =>
    typeof count === 'object' && (count.atLeast ?? 0) === 0 ? [name] : [],
  );
  const strange = named(found).filter((name) => !(name in wanted));
  const lacking = named(wanted).filter((name) => !maybe.includes(name) && !found[name]);
  assert.deepEqual({ strange, lacking }, { strange: [], lacking: [] }, `${what}: ${JSON.stringify(found)}`);
  for (const [name, count] of Object.entries(wanted))
    if (count !== undefined) expectCount(found[name] ?? 0, count, `${what}, ${name}`);
}

/** The same for calls, of which only those named are looked at; `tushare.*` is all of a protocol. */
export function expectCalls(
  found: Numbers,
  wanted: Readonly<Record<string, Count | undefined>>,
  what: string,
): void {
  for (const [name, count] of Object.entries(wanted)) {
    if (count === undefined) continue;
    const isWanted = (call: string): boolean =>
      name.endsWith('*') ? call.startsWith(name.slice(0, -1)) : call === name;
    const calls = Object.entries(found).reduce(
      (sum, [call, times = 0]) => sum + (isWanted(call) ? times : 0),
      0,
    );
    expectCount(calls, count, `${what}, calls of ${name} among ${JSON.stringify(found)}`);
  }
}
