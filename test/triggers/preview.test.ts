import { access } from 'node:fs/promises';
import { EXIT, type ErrorCode } from '@tapekeeper/core';
import { describe, expect, test } from 'vitest';
import { resultOf, tapekeeper, type Environment } from '../cli/program.ts';

// The command as people call it, with no installation there and none made.

const NOWHERE = '/nowhere/at/all';
const ENV: Environment = { TAPEKEEPER_DATA_DIR: NOWHERE };

interface Listed {
  readonly at: string;
  readonly local: string;
  readonly day: string;
  readonly assumed: boolean;
}

async function listed(...args: string[]): Promise<readonly Listed[]> {
  const ended = await tapekeeper(['preview', ...args, '--json'], ENV);
  expect(ended).toMatchObject({ code: EXIT.ok, stderr: '' });
  return resultOf<readonly Listed[]>(ended);
}

async function refused(code: ErrorCode, ...args: string[]): Promise<string> {
  const ended = await tapekeeper(['preview', ...args, '--json'], ENV);
  const { error } = resultOf<{ error: { code: string; message: string } }>(ended);
  expect({ code: error.code, exit: ended.code }).toEqual({ code, exit: EXIT.usage });
  expect(ended.stderr).toBe(`tapekeeper: ${error.message}\n`);
  return error.message;
}

const times = (all: readonly Listed[]): readonly string[] => all.map(({ at }) => at);

describe('preview --json', () => {
  test('lists the moments of a cron expression, the first exactly at --from', async () => {
    const all = await listed('--cron', '30 17 * * 1-5', '--from', '2026-11-23T17:30', '--count', '3');
    expect(Object.keys(all[0] ?? {})[0]).toBe('at');
    expect(all).toEqual([
      {
        at: '2026-11-23T09:30:00.000Z',
        local: '2026-11-23T17:30:00+08:00',
        day: '2026-11-23',
        assumed: false,
      },
      expect.objectContaining({ at: '2026-11-24T09:30:00.000Z' }),
      expect.objectContaining({ at: '2026-11-25T09:30:00.000Z' }),
    ]);
  });

  test('reads times in the zone that is given', async () => {
    const args = ['--cron', '30 2 * * *', '--tz', 'America/New_York', '--from', '2026-03-08', '--count', '2'];
    expect(times(await listed(...args))).toEqual(['2026-03-08T07:00:00.000Z', '2026-03-09T06:30:00.000Z']);
  });

  test('keeps to trading days, and says which nobody has announced', async () => {
    const from = ['--from', '2026-12-30T20:00+08:00'];
    const all = await listed('--cron', '0 18 * * *', '--trading-days', ...from, '--count', '3');
    expect(all.map(({ day, assumed }) => [day, assumed])).toEqual([
      ['2026-12-31', false],
      ['2027-01-01', true],
      ['2027-01-04', true],
    ]);
  });

  test('names the session that a moment belongs to', async () => {
    const rule = 'close(XSHG)+10h on last trading day of month';
    const all = await listed('--session', rule, '--from', '2026-11-01', '--count', '1');
    expect(all).toEqual([
      {
        at: '2026-11-30T17:00:00.000Z',
        local: '2026-12-01T01:00:00+08:00',
        day: '2026-11-30',
        assumed: false,
      },
    ]);
  });

  test('knows the summer time that Shanghai had', async () => {
    const all = await listed('--session', 'open(XSHG)', '--from', '1991-05-06', '--count', '1');
    expect(all[0]).toMatchObject({ at: '1991-05-06T00:30:00.000Z', local: '1991-05-06T09:30:00+09:00' });
  });

  test('counts an interval from its anchor, else from --from', async () => {
    const args = ['--interval', '6h', '--from', '2026-11-22T01:00Z', '--count', '2'];
    expect(times(await listed(...args))).toEqual(['2026-11-22T01:00:00.000Z', '2026-11-22T07:00:00.000Z']);
    expect(times(await listed(...args, '--anchor', '2026-01-01T00:00Z'))).toEqual([
      '2026-11-22T06:00:00.000Z',
      '2026-11-22T12:00:00.000Z',
    ]);
  });

  test('lists ten where nobody says how many, and up to 10,000', async () => {
    const args = ['--cron', '* * * * *', '--from', '2026-11-22'];
    expect(await listed(...args)).toHaveLength(10);
    expect((await listed(...args, '--count', '10000')).at(-1)?.at).toBe('2026-11-28T14:39:00.000Z');
  });

  test('makes nothing where no installation is', async () => {
    await listed('--cron', '0 0 1 1 *', '--from', '2026-11-22');
    await expect(access(NOWHERE)).rejects.toThrow('ENOENT');
  });
});

describe('preview for people', () => {
  test('says the trigger in words, then its moments', async () => {
    const args = ['--cron', '0 18 * * *', '--trading-days', '--from', '2026-12-31', '--count', '2'];
    const { code, stdout, stderr } = await tapekeeper(['preview', ...args], ENV);
    expect(code).toBe(EXIT.ok);
    expect(stderr).toContain('By the calendar that comes with the program');
    expect(stdout.split('\n')).toEqual([
      'At 18:00 (Asia/Shanghai), only on trading days',
      '',
      'local time (Asia/Shanghai)  weekday   UTC                   note',
      '2026-12-31 18:00:00         Thursday  2026-12-31T10:00:00Z',
      '2027-01-01 18:00:00         Friday    2027-01-01T10:00:00Z  assumed day',
      '',
    ]);
  });

  test('says so in Chinese when asked', async () => {
    const args = ['--session', 'close(XSHG)+10h', '--from', '2026-11-27', '--count', '1', '--lang', 'zh'];
    const { stdout } = await tapekeeper(['preview', ...args], ENV);
    expect(stdout).toContain('每个交易日，上海收盘后 10 小时');
    expect(stdout).toMatch(/2026-11-27 01:00:00 +星期五 +2026-11-26T17:00:00Z +属于 2026-11-26 交易日/);
  });
});

describe('preview says what to write', () => {
  test.each<readonly [ErrorCode, readonly string[], string]>([
    ['bad_cron', ['--cron', '0 25 * * *'], 'at "25"'],
    ['unknown_zone', ['--cron', '* * * * *', '--tz', 'Mars/Base'], 'Asia/Shanghai'],
    ['bad_session_rule', ['--session', 'close(NYSE)'], 'XSHG, XSHE, XBSE'],
    ['bad_interval', ['--interval', '400d'], '366 days'],
    ['bad_time', ['--cron', '* * * * *', '--from', 'tomorrow'], '2026-11-22T08:00'],
    ['trigger_never_due', ['--cron', '0 0 30 2 *', '--from', '2026-11-22'], 'day and month'],
    ['usage', ['--interval', 'soon'], '1h30m'],
    ['usage', [], 'preview --cron'],
    ['usage', ['--cron', '* * * * *', '--count', '0'], '10000'],
    ['usage', ['--cron', '* * * * *', '--anchor', '2026-11-22'], '--interval'],
  ])('%s for %j', async (code, args, hint) => {
    expect(await refused(code, ...args)).toContain(hint);
  });
});
