import type { Language } from '@tapekeeper/core';
import type { Config } from '@tapekeeper/server/config';
import { createLog } from '@tapekeeper/server/log';
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

/** The context of a command line that has been read; the log level is that where none is set. */
export function contextOf(options: GlobalOptions, language: Language, logLevel: 'info' | 'warn'): Context {
  // a demo is looked at by people, who read the lines of the command
  const config = readSettings(options, { logLevel: options.demo === true ? 'warn' : logLevel });
  const secrets = (): string[] => (config.tushareToken === null ? [] : [config.tushareToken]);
  return {
    options,
    config,
    language,
    say: sayIn(language),
    json: options.json === true,
    output: createOutput(options.json === true),
    log: createLog(config.logLevel, secrets),
  };
}
