import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { AppError, parseDay, SOURCES, type PlainDay, type SourceId } from '@tapekeeper/core';
import { z } from 'zod';
import { nearest } from './nearest.ts';
import { SETTINGS, type Setting } from './settings.ts';

/** Values as people give them: flags win over the environment, the environment over the file. */
export interface ConfigInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags: Readonly<Record<string, string | undefined>>;
}

type SettingKey = keyof typeof SETTINGS;
const SETTING_KEYS = Object.keys(SETTINGS) as SettingKey[];
type Parsed = { readonly [Key in SettingKey]: z.output<(typeof SETTINGS)[Key]['schema']> };

export type Config = Readonly<
  Omit<
    Parsed,
    | 'adminPassword'
    | 'akshareUrl'
    | 'databaseUrl'
    | 'deadmanUrl'
    | 'pageUrl'
    | 'tushareToken'
    | 'historyFrom'
    | 'marketDay'
    | 'replayData'
    | 'secretKeyFile'
    | 'sources'
    | 'starterJobs'
    | 'staticDir'
  > & {
    adminPassword: string | null;
    akshareUrl: string | null;
    databaseUrl: string | null;
    deadmanUrl: string | null;
    pageUrl: string | null;
    tushareToken: string | null;
    historyFrom: PlainDay | null;
    marketDay: PlainDay | null;
    replayData: string | null;
    secretKeyFile: string | null;
    staticDir: string | null;
    starterJobs: 'core' | 'disabled' | 'none';
    sources: readonly SourceId[];
    /** Whether the port was given, rather than the default taken. */
    isPortGiven: boolean;
    /** Sources whose address was given, rather than the default taken. */
    givenUpstreams: readonly SourceId[];
    /** Whether there is any of them. */
    ownUpstreams: boolean;
    /** Every setting as it is, for people to look at; secrets are left out. */
    inForce: readonly SettingInForce[];
  }
>;

/** Addresses of upstreams: whoever gives one has a replay of his own running. */
const UPSTREAM_KEYS = { tushare: 'tushareUrl', akshare: 'akshareUrl', baostock: 'baostockUrl' } as const;

const FILE_ENV = 'TAPEKEEPER_CONFIG';
const OWN_PREFIX = 'TAPEKEEPER_';
/** How the command line asks a server elsewhere. */
const OF_CLIENTS = ['TAPEKEEPER_SERVER', 'TAPEKEEPER_TOKEN'];
/** What programs that jobs run are told: they may call the command line. */
const OF_PROGRAMS = ['TAPEKEEPER_RUN_ID', 'TAPEKEEPER_RUN_TOKEN', 'TAPEKEEPER_URL'];

/**
 * Reads all settings once, and names every fault at once. Raises `bad_setting`, with the nearest known
 * name for one that is unknown.
 */
export function readConfig(input: ConfigInput, defaults: Partial<Record<SettingKey, string>> = {}): Config {
  const problems: string[] = unknownNames(input.env);
  const file = readFile(fileOf(input, defaults), problems);
  const given = (key: SettingKey): string | undefined => {
    const { env, flag } = SETTINGS[key] as Setting<z.ZodType>;
    return (flag === undefined ? undefined : input.flags[flag]) ?? nonEmpty(input.env[env]) ?? file[key];
  };
  const sourceOf = (key: SettingKey): SettingInForce['from'] => {
    const { env, flag } = SETTINGS[key] as Setting<z.ZodType>;
    if (flag !== undefined && input.flags[flag] !== undefined) return 'flag';
    if (nonEmpty(input.env[env]) !== undefined) return 'environment';
    return file[key] !== undefined ? 'file' : defaults[key] !== undefined ? 'command' : 'default';
  };
  const textOf = (key: SettingKey): string =>
    given(key) ??
    defaults[key] ??
    (key === 'dataDir' ? defaultDataDir(input.env, 'tapekeeper') : SETTINGS[key].fallback);
  const values: Record<string, unknown> = {};
  for (const key of SETTING_KEYS) {
    const { schema, env } = SETTINGS[key] as Setting<z.ZodType>;
    const text = textOf(key);
    const parsed = schema.safeParse(text);
    if (parsed.success) values[key] = parsed.data;
    else
      problems.push(`${env} is "${text}": ${parsed.error.issues.map((issue) => issue.message).join(', ')}`);
  }
  if (problems.length > 0) throw new AppError('bad_setting', { problem: problems.join('; ') });
  const parsed = values as Parsed;
  const givenUpstreams = SOURCES.filter((source) => given(UPSTREAM_KEYS[source]) !== undefined);
  return Object.freeze({
    ...parsed,
    adminPassword: parsed.adminPassword || null,
    akshareUrl: parsed.akshareUrl || null,
    databaseUrl: parsed.databaseUrl || null,
    deadmanUrl: parsed.deadmanUrl || null,
    pageUrl: parsed.pageUrl || null,
    tushareToken: parsed.tushareToken || null,
    historyFrom: parseDay(parsed.historyFrom) ?? null,
    marketDay: parseDay(parsed.marketDay) ?? null,
    replayData: parsed.replayData || null,
    secretKeyFile: parsed.secretKeyFile || null,
    staticDir: parsed.staticDir || null,
    starterJobs: parsed.starterJobs || (parsed.mode === 'replay' ? 'disabled' : 'core'),
    sources: parsed.sources.filter((source) => mayBeAsked(parsed.mode, givenUpstreams, source)),
    isPortGiven: given('port') !== undefined,
    givenUpstreams,
    ownUpstreams: givenUpstreams.length > 0,
    inForce: SETTING_KEYS.map((key) => inForce(key, textOf(key), sourceOf(key))),
  });
}

/** A setting as people look it up. */
export interface SettingInForce {
  readonly name: string;
  readonly env: string;
  readonly flag: string | null;
  /** As it was given; null where there is none, and of a secret. */
  readonly value: string | null;
  readonly secret: boolean;
  readonly given: boolean;
  /** `command` is what a command of the program says, such as the demo. */
  readonly from: 'flag' | 'environment' | 'file' | 'command' | 'default';
  readonly fallback: string;
  readonly about: string;
}

/** Names of what must not be shown, and addresses, which may hold a password or a key. */
const SECRET_NAME = /(TOKEN|PASSWORD|SECRET|KEY)$|DATABASE_URL|DEADMAN/;
const WITH_CREDENTIALS = /^[a-z]+:\/\/([^/]*@|[^?#]*[?#])/i;

function inForce(key: SettingKey, text: string, from: SettingInForce['from']): SettingInForce {
  const { env, flag, fallback, about } = SETTINGS[key] as Setting<z.ZodType>;
  const secret = SECRET_NAME.test(env) || WITH_CREDENTIALS.test(text);
  const value = secret || text === '' ? null : text;
  return { name: key, env, flag: flag ?? null, value, secret, given: text !== '', from, fallback, about };
}

/** Beside a replay of one's own no real source is asked: replayed and real data never meet. */
function mayBeAsked(mode: Parsed['mode'], givenUpstreams: readonly SourceId[], source: SourceId): boolean {
  return mode === 'live' || givenUpstreams.length === 0 || givenUpstreams.includes(source);
}

/** The environment and nothing else: this is the only place that looks at it. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

/** The directory of an installation by name, by the platform's habit. */
export function defaultDataDir(env: ConfigInput['env'], name: string): string {
  if (process.getuid?.() === 0) return join('/var/lib', name);
  if (process.platform === 'darwin') return join(homedir(), 'Library/Application Support', name);
  if (process.platform === 'win32') return join(env['LOCALAPPDATA'] ?? homedir(), name);
  return join(nonEmpty(env['XDG_DATA_HOME']) ?? join(homedir(), '.local/share'), name);
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

/** A mistyped name would otherwise be a setting that silently does nothing. */
function unknownNames(env: ConfigInput['env']): string[] {
  const others = [
    FILE_ENV,
    'TAPEKEEPER_LANG',
    'TAPEKEEPER_TEST_DATA',
    'TAPEKEEPER_TEST_POSTGRES_URL',
    ...OF_PROGRAMS,
    ...OF_CLIENTS,
  ];
  const known = [...Object.values(SETTINGS).map((one) => one.env), ...others];
  return Object.keys(env)
    .filter((name) => name.startsWith(OWN_PREFIX) && !known.includes(name))
    .map((name) => `${name} is unknown${suggestion(name, known)}`);
}

function suggestion(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === undefined ? '' : `, did you mean ${near}?`;
}

/** The file of settings that `init` writes, and that is read where no other is named. */
export function ownSettingsFile(dataDir: string): string {
  return join(dataDir, 'settings.json');
}

/** The named file, or that of the data directory if there is one. */
function fileOf(input: ConfigInput, defaults: Partial<Record<SettingKey, string>>): string | undefined {
  const named = nonEmpty(input.flags['config']) ?? nonEmpty(input.env[FILE_ENV]);
  if (named !== undefined) return named;
  const { env, flag } = SETTINGS.dataDir;
  const dataDir = input.flags[flag ?? ''] ?? nonEmpty(input.env[env]) ?? defaults.dataDir;
  const own = ownSettingsFile(resolve(dataDir ?? defaultDataDir(input.env, 'tapekeeper')));
  return existsSync(own) ? own : undefined;
}

function readFile(path: string | undefined, problems: string[]): Partial<Record<SettingKey, string>> {
  if (path === undefined) return {};
  const read = z.record(z.string(), z.union([z.string(), z.number()])).safeParse(parseFile(path, problems));
  if (!read.success) {
    if (problems.length === 0) problems.push(`${path} must hold one JSON object of texts and numbers`);
    return {};
  }
  const keys = Object.keys(SETTINGS);
  const values: Partial<Record<SettingKey, string>> = {};
  for (const [key, value] of Object.entries(read.data)) {
    if (keys.includes(key)) values[key as SettingKey] = String(value);
    else problems.push(`${path}: "${key}" is unknown${suggestion(key, keys)}`);
  }
  return values;
}

function parseFile(path: string, problems: string[]): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    problems.push(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
