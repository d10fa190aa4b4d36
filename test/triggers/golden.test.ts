import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { GOLDEN } from './golden.ts';

const run = promisify(execFile);
const PRINTER = fileURLToPath(new URL('printGolden.ts', import.meta.url));

/** Zones of the process, with their minutes behind UTC at the start of 1970. */
const PROCESS_ZONES: readonly (readonly [string, number])[] = [
  ['UTC', 0],
  ['Asia/Shanghai', -480],
  ['America/New_York', 300],
  ['Australia/Lord_Howe', -600],
];

describe.each(PROCESS_ZONES)('in a process of the zone %s', (zone, offset) => {
  const printed = run(process.execPath, [PRINTER], { env: { ...process.env, TZ: zone } }).then(
    ({ stdout }) => JSON.parse(stdout) as { offset: number; times: readonly (readonly string[])[] },
  );

  test('the process is in that zone', async () => expect((await printed).offset).toBe(offset));

  test.each(GOLDEN.map((line, place) => ({ ...line, place })))(
    '$what: $expression in $zone',
    async ({ place, times }) => expect((await printed).times[place]).toEqual(times),
  );
});
