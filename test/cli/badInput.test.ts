import { rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT, type ErrorCode } from '@tapekeeper/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connect, sql, type Database } from '../../packages/server/src/store/connection.ts';
import { dataDirs } from './dataDirs.ts';
import { announced, begin, resultOf, succeed, tapekeeper, type Begun, type Environment } from './program.ts';
import { FIRST_DAY, LAST_DAY, makeSmallWorld } from './smallWorld.ts';

// Whatever is given wrongly: one line that says what to do, the right exit code, and nothing lost. One
// installation over replayed data is prepared, and most questions go to its server.

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const dirs = dataDirs();
let world: Awaited<ReturnType<typeof makeSmallWorld>>;
let env: Environment;
let server: Begun;
let url: string;
let owner: Database;
/** Settings of a second installation, without a server. */
let spare: Environment;

beforeAll(async () => {
  world = await makeSmallWorld();
  const dataDir = await dirs.prepared();
  env = { TAPEKEEPER_MODE: 'replay', TAPEKEEPER_REPLAY_DATA: world.folder, TAPEKEEPER_DATA_DIR: dataDir };
  server = begin(['start', '--port', '0', '--json', '--log-level', 'error'], env);
  url = (await announced<{ url: string }>(server)).url;
  await succeed(['sync', 'daily_bars', '--from', FIRST_DAY], env);
  const { url: address } = resultOf<{ url: string }>(
    await tapekeeper(['db', 'url', '--owner', '--json'], env),
  );
  spare = { TAPEKEEPER_DATA_DIR: await dirs.prepared() };
  await succeed(['sync', 'stock_basics'], { ...env, ...spare });
  owner = await connect({ url: address, max: 1, applicationName: 'tests', statementTimeoutMs: 10_000 });
});

afterAll(async () => {
  await owner?.close();
  server.signal('SIGTERM');
  await server.ended;
  await dirs.remove();
  await world.remove();
});

/** Runs a command that must fail: with the code and its exit, in one line, the same as JSON. */
async function expectRefusal(
  args: readonly string[],
  code: ErrorCode,
  exit: number,
  over: Environment = {},
): Promise<string> {
  const ended = await tapekeeper([...args, '--json'], { ...env, ...over });
  const { error } = resultOf<{ error: { code: string; message: string } }>(ended);
  expect({ code: error.code, exit: ended.code }).toEqual({ code, exit });
  expect(ended.stdout.trimEnd().split('\n')).toHaveLength(1);
  const complaints = ended.stderr.split('\n').filter((line) => line.startsWith('tapekeeper: '));
  expect(complaints).toEqual([`tapekeeper: ${error.message}`]);
  expect(ended.stderr).not.toMatch(/\n\s+at /);
  return error.message;
}

/** All bars and all runs, so that a loss or a stray run would show. */
async function contents(): Promise<unknown> {
  return owner.one(sql`
    SELECT (SELECT count(*) FROM market.daily_bars) AS bars,
      (SELECT sum(hashtextextended(t::text, 0)) FROM market.daily_bars t) AS digest,
      (SELECT count(*) FROM tapekeeper.run) AS runs`);
}

describe('a command line that cannot be read', () => {
  it('names the command that was probably meant', async () => {
    expect(await expectRefusal(['stauts'], 'usage', EXIT.usage)).toContain('Did you mean status?');
  });

  it('names the option that was probably meant', async () => {
    expect(await expectRefusal(['sync', 'daily_bars', '--form', FIRST_DAY], 'usage', EXIT.usage)).toContain(
      'Did you mean --from?',
    );
  });

  it('says which argument is missing, and which value', async () => {
    expect(await expectRefusal(['why', '600000.SH'], 'usage', EXIT.usage)).toContain('"day"');
    expect(await expectRefusal(['sync', 'daily_bars', '--to'], 'usage', EXIT.usage)).toContain('--to');
  });

  it('says so in Chinese when asked', async () => {
    expect(await expectRefusal(['stauts', '--lang', 'zh'], 'usage', EXIT.usage)).toContain(
      '没有命令“stauts”',
    );
    expect(
      await expectRefusal(['runs', '99'], 'unknown_run', EXIT.notFound, { LANG: 'zh_CN.UTF-8' }),
    ).toContain('没有运行 99');
  });
});

describe('a question that cannot be answered as put', () => {
  let before: unknown;
  beforeAll(async () => (before = await contents()));

  it('refuses an unknown data set and names the nearest', async () => {
    for (const args of [
      ['sync', 'daily_bar'],
      ['coverage', 'daily_bar'],
      ['why', '600000.SH', LAST_DAY, '--dataset', 'daily_bar'],
    ]) {
      expect(await expectRefusal(args, 'unknown_dataset', EXIT.usage)).toContain('Did you mean daily_bars?');
    }
  });

  it('refuses an unknown symbol', async () => {
    await expectRefusal(['why', '999999.SH', LAST_DAY], 'unknown_symbol', EXIT.usage);
    await expectRefusal(
      ['sync', 'daily_bars', '--symbols', '600000.SH,999999.SH'],
      'unknown_symbol',
      EXIT.usage,
    );
    await expectRefusal(['sync', 'daily_bars', '--symbols', 'Pufa'], 'unknown_symbol', EXIT.usage);
  });

  it('refuses what is no day', async () => {
    await expectRefusal(['why', '600000.SH', '2024-02-30'], 'bad_day', EXIT.usage);
    await expectRefusal(['sync', 'daily_bars', '--from', 'yesterday'], 'bad_day', EXIT.usage);
  });

  it('refuses an end before the start', async () => {
    await expectRefusal(
      ['sync', 'daily_bars', '--from', LAST_DAY, '--to', FIRST_DAY],
      'day_order',
      EXIT.usage,
    );
  });

  it('refuses a day in the future, and says which the last one is', async () => {
    expect(
      await expectRefusal(['sync', 'daily_bars', '--to', '2999-01-01'], 'future_day', EXIT.usage),
    ).toContain(LAST_DAY);
  });

  it('refuses an unknown source, and an unknown run', async () => {
    await expectRefusal(['sync', 'daily_bars', '--source', 'sina'], 'unknown_source', EXIT.usage);
    await expectRefusal(['runs', '12345'], 'unknown_run', EXIT.notFound);
  });

  it('leaves everything as it was', async () => {
    expect(await contents()).toEqual(before);
  });
});

describe('settings that cannot work', () => {
  it('names a value that is wrong, and a name that is unknown', async () => {
    expect(await expectRefusal(['status', '--port', 'abc'], 'bad_setting', EXIT.config)).toContain('abc');
    const wrong = await expectRefusal(['status'], 'bad_setting', EXIT.config, { TAPEKEEPER_PROT: '1' });
    expect(wrong).toContain('did you mean TAPEKEEPER_PORT?');
  });

  it('refuses a second start on the same directory and names the first', async () => {
    expect(await expectRefusal(['start', '--port', '0'], 'data_dir_busy', EXIT.busy)).toContain(
      `process ${server.pid}`,
    );
  });

  it('refuses a port that is taken', async () => {
    const { port } = new URL(url);
    await expectRefusal(['start', '--port', port], 'port_taken', EXIT.busy, spare);
  });

  it('refuses a directory that cannot be made', async () => {
    const file = join(await dirs.make(), 'file');
    await writeFile(file, '');
    await expectRefusal(
      ['start', '--port', '0', '--data-dir', join(file, 'below')],
      'data_dir_unusable',
      EXIT.io,
    );
  });

  it('does not make a database in order to read one', async () => {
    const dir = dirs.name();
    for (const args of [['runs'], ['db', 'url'], ['backup', 'x'], ['migrate']]) {
      await expectRefusal([...args, '--data-dir', dir], 'no_database', EXIT.notFound);
    }
    await expect(stat(dir)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('upstreams and disks that do not play along', () => {
  let upstream: Begun;
  let live: Environment;

  beforeAll(async () => {
    upstream = begin(['replay', '--data', world.folder, '--json']);
    const { tushareUrl } = await announced<{ tushareUrl: string }>(upstream);
    live = {
      TAPEKEEPER_MODE: 'live',
      TAPEKEEPER_DATA_DIR: await dirs.make(),
      TAPEKEEPER_TUSHARE_URL: tushareUrl,
      TAPEKEEPER_SOURCES: 'tushare',
    };
  });

  afterAll(async () => {
    upstream.signal('SIGTERM');
    await upstream.ended;
  });

  it('says that a token is not accepted', async () => {
    const ended = await tapekeeper(['sync', 'stock_basics', '--json'], {
      ...env,
      ...live,
      TUSHARE_TOKEN: 'short',
    });
    expect(ended.code).toBe(EXIT.noPermission);
    expect(resultOf(ended)).toMatchObject({ run: { state: 'failed', error: { code: 'bad_token' } } });
    expect(ended.stderr).toMatch(/^tapekeeper: tushare does not accept the token/m);
  });

  it('says that a source cannot be reached', async () => {
    const gone = { ...live, TAPEKEEPER_TUSHARE_URL: 'http://127.0.0.1:1', TUSHARE_TOKEN: 'a-good-token' };
    const ended = await tapekeeper(['sync', 'stock_basics', '--json'], { ...env, ...gone });
    expect(ended.code).toBe(EXIT.unavailable);
    expect(resultOf(ended)).toMatchObject({ run: { state: 'failed' } });
    expect(ended.stderr).toMatch(/^tapekeeper: /m);
  });

  it('begins nothing while the disk is full, and goes on when there is space', async () => {
    // the most that can be asked for: with more free than that, run the tests with TMPDIR on a smaller disk
    const full = { ...live, TUSHARE_TOKEN: 'a-good-token', TAPEKEEPER_MIN_FREE_MB: '1000000' };
    const dir = await dirs.make();
    await expectRefusal(['sync', 'stock_basics', '--data-dir', dir], 'disk_full', EXIT.io, full);
    const after = { ...full, TAPEKEEPER_MIN_FREE_MB: '1' };
    const ended = await tapekeeper(['sync', 'stock_basics', '--data-dir', dir, '--json'], {
      ...env,
      ...after,
    });
    expect(resultOf(ended)).toMatchObject({ run: { state: 'success', rowsWritten: 4 } });
  });
});

describe('a database that this program must not touch', () => {
  it('refuses one of the other mode, and leaves it as it was', async () => {
    await expectRefusal(['start', '--port', '0'], 'mode_mismatch', EXIT.config, {
      ...spare,
      TAPEKEEPER_MODE: 'live',
    });
    expect((await tapekeeper(['runs', '1'], { ...env, ...spare })).code).toBe(EXIT.ok);
  });

  it('refuses a newer schema and a changed one, and changes nothing', async () => {
    const before = await contents();
    await owner.rows(
      sql`INSERT INTO tapekeeper.migration (version, name, checksum) VALUES (999, '0999_later', 'x')`,
    );
    await expectRefusal(['migrate'], 'schema_newer', EXIT.config);
    await owner.rows(sql`DELETE FROM tapekeeper.migration WHERE version = 999`);
    const { checksum } = await owner.one(
      sql<{ checksum: string }>`SELECT checksum FROM tapekeeper.migration WHERE version = 1`,
    );
    await owner.rows(sql`UPDATE tapekeeper.migration SET checksum = 'x' WHERE version = 1`);
    await expectRefusal(['migrate', '--status'], 'schema_changed', EXIT.config);
    await owner.rows(sql`UPDATE tapekeeper.migration SET checksum = ${checksum} WHERE version = 1`);
    expect((await tapekeeper(['migrate'], env)).code).toBe(EXIT.ok);
    expect(await contents()).toEqual(before);
  });

  it('refuses a directory whose passwords are lost, and works again when they are back', async () => {
    const secrets = join(spare['TAPEKEEPER_DATA_DIR'] ?? '', 'secrets.json');
    await rename(secrets, `${secrets}.kept`);
    await expectRefusal(['start', '--port', '0'], 'database_start_failed', EXIT.unavailable, spare);
    await rename(`${secrets}.kept`, secrets);
    expect((await tapekeeper(['runs', '1'], { ...env, ...spare })).code).toBe(EXIT.ok);
  });

  it('refuses a file that is no backup, and a backup where data are', async () => {
    const file = join(await dirs.make(), 'backup');
    await writeFile(file, 'not a backup at all');
    await expectRefusal(['restore', file], 'backup_unreadable', EXIT.dataError);
    expect((await tapekeeper(['backup', file], env)).code).toBe(EXIT.ok);
    const dataDir = await dirs.make();
    const mine = { TAPEKEEPER_DATA_DIR: dataDir };
    expect((await tapekeeper(['restore', file], { ...env, ...mine })).code).toBe(EXIT.ok);
    await expectRefusal(['restore', file], 'restore_not_empty', EXIT.config, mine);
    await expectRefusal(['backup', join(dataDir, 'no', 'such', 'folder')], 'file_unwritable', EXIT.io);
  });
});
