import { defaultDataDir, environment, readConfig, type Config } from '@tapekeeper/server/config';
import { SETTINGS } from '@tapekeeper/server/settings';

/** What people give before or after any command; commander's names. */
export interface GlobalOptions {
  readonly demo?: boolean;
  readonly json?: boolean;
  readonly lang?: string;
  /** `doctor --sources` gives it without a value. */
  readonly sources?: string | true;
  readonly [flag: string]: unknown;
}

type Defaults = Parameters<typeof readConfig>[1];

/** Where an installation of one's own must not lead the demo. */
const NOT_FOR_THE_DEMO = {
  DATABASE_URL: undefined,
  TAPEKEEPER_TUSHARE_URL: undefined,
  TAPEKEEPER_BAOSTOCK_URL: undefined,
  TAPEKEEPER_AKSHARE_URL: undefined,
};

/** The settings of a command: its flags over the environment over the file. Raises `bad_setting`. */
export function readSettings(options: GlobalOptions, defaults: Defaults = {}): Config {
  const env = environment();
  const flags = flagsOf(options);
  if (options.demo !== true) return readConfig({ env, flags }, defaults);
  const demo = { dataDir: defaultDataDir(env, 'tapekeeper-demo'), ...defaults };
  return readConfig({ env: { ...env, ...NOT_FOR_THE_DEMO, TAPEKEEPER_MODE: 'replay' }, flags }, demo);
}

/** Names of the settings that have a flag; each is an option of every command. */
export const FLAGS: readonly string[] = Object.values(SETTINGS).flatMap((setting) =>
  'flag' in setting && setting.flag !== undefined ? [setting.flag] : [],
);

function flagsOf(options: GlobalOptions): Readonly<Record<string, string | undefined>> {
  const text = (name: string): string | undefined => {
    const value = options[camelCase(name)];
    return typeof value === 'string' ? value : undefined;
  };
  return Object.fromEntries([...FLAGS, 'config'].map((name) => [name, text(name)]));
}

function camelCase(flag: string): string {
  return flag.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
