import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAppError } from '@tapekeeper/core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultDataDir, ownSettingsFile, readConfig, type ConfigInput } from './config.ts';
import { SETTINGS } from './settings.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'tapekeeper-config-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const read = (input: Partial<ConfigInput> = {}, defaults: Parameters<typeof readConfig>[1] = {}) =>
  readConfig({ env: {}, flags: {}, ...input }, { dataDir: folder, ...defaults });

function file(content: unknown, name = 'chosen.json'): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** What the settings are accused of, fault by fault. */
function problems(input: Partial<ConfigInput>): readonly string[] {
  try {
    read(input);
  } catch (error) {
    if (isAppError(error, 'bad_setting')) return String(error.details['problem']).split('; ');
    throw error;
  }
  return [];
}

describe('a setting', () => {
  it('is taken from the flag, else the environment, else the file, else the defaults of the command, else its own', () => {
    const flags = { port: '1', config: file({ port: 3 }) };
    const env = { TAPEKEEPER_PORT: '2' };
    expect(read({ flags, env }, { port: '4' }).port).toBe(1);
    expect(read({ flags: { config: flags.config }, env }, { port: '4' }).port).toBe(2);
    expect(read({ flags: { config: flags.config } }, { port: '4' }).port).toBe(3);
    expect(read({}, { port: '4' }).port).toBe(4);
    expect(read().port).toBe(Number(SETTINGS.port.fallback));
  });

  it('that is empty in the environment counts as not given', () => {
    expect(read({ env: { TAPEKEEPER_PORT: '', TAPEKEEPER_CONFIG: '' } }).port).toBe(8000);
  });

  it('of every name can be given by environment and file alike', () => {
    const texts: Readonly<Record<string, string>> = {
      dataDir: '/some/where',
      databaseUrl: 'postgres://u@h/d',
      tushareToken: 'token-1',
      tushareUrl: 'http://h:1',
      baostockUrl: 'tcp://h:1',
      akshareUrl: 'http://h:2',
      sources: 'baostock',
      historyFrom: '2020-01-02',
      mode: 'replay',
      replayData: '/r',
      marketDay: '2024-01-31',
      logLevel: 'warn',
      commands: 'report=/opt/report',
      commandDirs: '/srv/work',
      starterJobs: 'none',
      secretKeyFile: '/keys/secret-key',
      notifyPrivateHosts: 'chat.lan,10.0.0.5:8080',
      pageUrl: 'https://data.example.com',
      deadmanUrl: 'https://watch.example.com/1',
      host: '10.0.0.5',
      publicHosts: 'data.example.com',
      trustedProxies: '10.0.0.0/24',
      corsOrigins: 'https://desk.example.com',
      documentedLoopback: 'true',
      staticDir: '/srv/pages',
      insecureHttp: 'true',
      roles: 'worker',
      backupDir: '/mnt/backups',
      openReading: 'never',
      adminName: 'root',
      accessTokenMinutes: '5',
      adminPassword: 'correct horse battery',
    };
    const base = read();
    for (const [key, { env }] of Object.entries(SETTINGS)) {
      const name = key as keyof typeof SETTINGS;
      const value = texts[key] ?? String(Number(base[name]) + 1);
      const given = read({ env: { [env]: value } })[name];
      expect([key, given]).not.toEqual([key, base[name]]);
      if (key !== 'dataDir') expect(read({ flags: { config: file({ [key]: value }) } })[name]).toEqual(given);
    }
  });

  it('has a default that is right, and no two have one name', () => {
    for (const [key, { schema, fallback, env }] of Object.entries(SETTINGS)) {
      if (key !== 'dataDir') expect([env, schema.safeParse(fallback).success]).toEqual([env, true]);
    }
    const names = Object.values(SETTINGS).flatMap((one) => ('flag' in one ? [one.env, one.flag] : [one.env]));
    expect(new Set(names).size).toBe(names.length);
  });

  it('that is a secret has no flag, since a list of processes shows flags', () => {
    expect(SETTINGS.tushareToken).not.toHaveProperty('flag');
  });
});

describe('faults', () => {
  it('are all named at once', () => {
    const found = problems({
      env: { TAPEKEEPER_PORT: 'abc', TAPEKEEPER_MODE: 'dry', TAPEKEEPER_PROT: '1' },
      flags: { 'baostock-url': 'http://h:1', config: file({ logLevel: 'loud', prot: 1 }) },
    });
    const accused = [
      'TAPEKEEPER_PROT',
      'chosen.json',
      'TAPEKEEPER_PORT',
      'TAPEKEEPER_BAOSTOCK_URL',
      'TAPEKEEPER_MODE',
      'TAPEKEEPER_LOG_LEVEL',
    ];
    expect(found).toHaveLength(accused.length);
    for (const name of accused) expect(found.filter((problem) => problem.includes(name))).not.toEqual([]);
  });

  it('name the word that was most likely meant', () => {
    expect(problems({ env: { TAPEKEEPER_PROT: '1' } })).toEqual([
      'TAPEKEEPER_PROT is unknown, did you mean TAPEKEEPER_PORT?',
    ]);
    expect(problems({ flags: { config: file({ tushareTokn: 'x' }) } })[0]).toMatch(
      /"tushareTokn" is unknown, did you mean tushareToken\?$/,
    );
    expect(problems({ env: { TAPEKEEPER_ZZZZZZZZ: '1' } })).toEqual(['TAPEKEEPER_ZZZZZZZZ is unknown']);
  });

  it('of a file that is missing, is no JSON or no object of texts and numbers, name the file', () => {
    const missing = join(folder, 'none.json');
    expect(problems({ env: { TAPEKEEPER_CONFIG: missing } })).toMatchObject([
      expect.stringContaining(missing),
    ]);
    expect(problems({ flags: { config: file('{"port": ') } })).toMatchObject([
      expect.stringContaining('chosen.json'),
    ]);
    expect(problems({ flags: { config: file([1]) } })).toMatchObject([
      expect.stringContaining('one JSON object'),
    ]);
    expect(problems({ flags: { config: file({ port: true }) } })).toMatchObject([
      expect.stringContaining('one JSON object'),
    ]);
  });

  it.each([
    ['TAPEKEEPER_PORT', '65536'],
    ['TAPEKEEPER_PORT', '80.5'],
    ['TAPEKEEPER_PORT', '-1'],
    ['TAPEKEEPER_CONCURRENCY', '0'],
    ['TAPEKEEPER_TUSHARE_URL', 'ftp://h'],
    ['TAPEKEEPER_TUSHARE_URL', 'api.tushare.pro'],
    ['TAPEKEEPER_BAOSTOCK_URL', 'tcp://h'],
    ['TAPEKEEPER_SOURCES', 'tushare,wind'],
    ['TAPEKEEPER_SOURCES', ' '],
    ['TAPEKEEPER_HISTORY_FROM', '2024-02-30'],
    ['TAPEKEEPER_MARKET_DAY', 'yesterday'],
    ['TAPEKEEPER_LOG_LEVEL', 'trace'],
    ['TAPEKEEPER_HOST', 'localhost'],
    ['TAPEKEEPER_HOST', 'example.com'],
    ['TAPEKEEPER_PUBLIC_HOSTS', 'https://data.example.com'],
    ['TAPEKEEPER_PUBLIC_HOSTS', 'data.example.com/path'],
    ['TAPEKEEPER_TRUSTED_PROXIES', '0.0.0.0/0'],
    ['TAPEKEEPER_TRUSTED_PROXIES', '::/0'],
    ['TAPEKEEPER_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['TAPEKEEPER_TRUSTED_PROXIES', 'loopback'],
    ['TAPEKEEPER_INSECURE_HTTP', 'yes'],
    ['TAPEKEEPER_ROLE', 'api,cook'],
    ['TAPEKEEPER_ROLE', ','],
    ['TAPEKEEPER_BACKUP_DIR', 'backups'],
  ])('of values are found: %s=%s', (name, value) => {
    expect(problems({ env: { [name]: value } })).toMatchObject([
      expect.stringMatching(new RegExp(`^${name} is "`)),
    ]);
  });

  it('are never made of names that are not ours', () => {
    const names = fc
      .string({ minLength: 1 })
      .filter((name) => !name.startsWith('TAPEKEEPER_') && !name.includes('URL') && !name.includes('TOKEN'));
    fc.assert(
      fc.property(names, fc.string(), (name, value) => {
        expect(problems({ env: { [name]: value } })).toEqual([]);
      }),
    );
  });
});

describe('allowed programs', () => {
  it('are none unless they are named, each with an absolute file', () => {
    expect(read().commands.size).toBe(0);
    const env = {
      TAPEKEEPER_COMMANDS: 'report=/opt/a b/report.py, x.y-2=/bin/x',
      TAPEKEEPER_COMMAND_DIRS: '/a,/b/c',
    };
    expect([...read({ env }).commands]).toEqual([
      ['report', '/opt/a b/report.py'],
      ['x.y-2', '/bin/x'],
    ]);
    expect(read({ env }).commandDirs).toEqual(['/a', '/b/c']);
  });

  it.each(['report', 'report=', 'report=report.py', 'report=./r', '=/bin/sh', 'a b=/bin/sh', 'x=/a,x=/b'])(
    'cannot be named as %j',
    (text) => {
      expect(problems({ env: { TAPEKEEPER_COMMANDS: text } })[0]).toContain('TAPEKEEPER_COMMANDS');
    },
  );

  it('may not run in folders that are named relative to anything', () => {
    expect(problems({ env: { TAPEKEEPER_COMMAND_DIRS: '/a,b' } })[0]).toContain('"b" is no absolute path');
  });

  it('may have what they are told of their run in their environment when they call the program', () => {
    const env = {
      TAPEKEEPER_RUN_ID: '7',
      TAPEKEEPER_RUN_TOKEN: 't',
      TAPEKEEPER_URL: 'http://127.0.0.1:8000',
    };
    expect(read({ env }).port).toBe(read().port);
  });
});

describe('the settings as read', () => {
  it('have days, sources and addresses in the form that the program uses', () => {
    const config = read({
      env: {
        TAPEKEEPER_SOURCES: 'baostock, tushare',
        TAPEKEEPER_HISTORY_FROM: '20200102',
        TAPEKEEPER_TUSHARE_URL: 'http://h:1/',
      },
    });
    expect(config).toMatchObject({
      sources: ['baostock', 'tushare'],
      historyFrom: '2020-01-02',
      tushareUrl: 'http://h:1',
      databaseUrl: null,
      tushareToken: null,
      marketDay: null,
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('say whether an upstream was named, rather than the real one taken', () => {
    expect(read().ownUpstreams).toBe(false);
    expect(read({ env: { TAPEKEEPER_BAOSTOCK_URL: 'tcp://h:1' } }).ownUpstreams).toBe(true);
    expect(read({ flags: { config: file({ tushareUrl: 'http://h' }) } }).ownUpstreams).toBe(true);
  });

  it('come from the file of the data directory where none is named, and not where one is', () => {
    writeFileSync(ownSettingsFile(folder), '{"port": 5}');
    expect(read().port).toBe(5);
    expect(read({ flags: { config: file({}) } }).port).toBe(8000);
  });

  it('put the data where the platform keeps it', () => {
    expect(defaultDataDir({ XDG_DATA_HOME: '/x' }, 'tapekeeper')).toMatch(/tapekeeper$/);
  });
});

describe('the roles of a process', () => {
  it('are all of them unless some are named, each once', () => {
    expect(read().roles).toEqual(['api', 'scheduler', 'worker']);
    expect(read({ env: { TAPEKEEPER_ROLE: 'worker, scheduler,worker' } }).roles).toEqual([
      'worker',
      'scheduler',
    ]);
    expect(read({ flags: { role: 'api' } }).roles).toEqual(['api']);
  });

  it('go with a port that was given, or with none', () => {
    expect([read().isPortGiven, read({ env: { TAPEKEEPER_PORT: '8000' } }).isPortGiven]).toEqual([
      false,
      true,
    ]);
  });
});
