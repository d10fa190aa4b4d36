import type { Language } from '@tapekeeper/core';
import type { Config } from '@tapekeeper/server/config';
import { createLog } from '@tapekeeper/server/log';
import { plainLog } from './output/plainLog.ts';
import { createOutput, type Output } from './output/output.ts';
import { readSettings, type GlobalOptions } from './settings.ts';
import { sayIn, type Say } from './texts.ts';

/** What every command is given first. */
export interface Context {
  readonly options: GlobalOptions;
  readonly config: Config;
  readonly language: Language;
  readonly say: Say;
  /** Whether results go out as one JSON object. */
  readonly json: boolean;
  readonly output: Output;
  readonly log: Log;
}

type Log = ReturnType<typeof createLog>;

/** `json` suits services, `plain` people. */
export type LogStyle = 'json' | 'plain';

/** Least level of log lines where none is set: people read the lines of the command, services the log. */
const DEFAULT_LEVEL = { json: 'info', plain: 'warn' } as const;

/** The context of a command line that has been read. */
export function contextOf(options: GlobalOptions, language: Language, style: LogStyle): Context {
  const config = readSettings(options, { logLevel: DEFAULT_LEVEL[style] });
  const secrets = (): string[] => (config.tushareToken === null ? [] : [config.tushareToken]);
  return {
    options,
    config,
    language,
    say: sayIn(language),
    json: options.json === true,
    output: createOutput(options.json === true),
    log: style === 'json' ? createLog(config.logLevel, secrets) : plainLog(config.logLevel, secrets),
  };
}
