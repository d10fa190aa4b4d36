import { isAppError } from '@tapekeeper/core';
import type { Config } from '@tapekeeper/server/config';
import type { createLog } from '@tapekeeper/server/log';

type Log = ReturnType<typeof createLog>;
type Level = Config['logLevel'];

const ORDER: readonly Level[] = ['debug', 'info', 'warn', 'error', 'silent'];
const ERASE_LINE = '\r\u001b[K';
const SECRET_LENGTH = 8;

/**
 * The log of a command that a person looks at: a short line each, the same one not twice in a row. The
 * inside of an error is shown at level debug only. Services get JSON instead.
 */
export function plainLog(level: Level, secrets: () => readonly string[]): Log {
  let last = '';
  const hidden: string[] = [];
  const write = (of: Level, fields: object, message: string): void => {
    if (ORDER.indexOf(of) < ORDER.indexOf(level)) return;
    const subject = `${message} ${codeOf(fields)}`;
    if (subject === last) return;
    last = subject;
    const text = masked(lineOf(message, fields, level === 'debug'), [...secrets(), ...hidden]);
    process.stderr.write(process.stderr.isTTY ? `${ERASE_LINE}${text}\n` : `${text}\n`);
  };
  return {
    debug: (fields, message) => write('debug', fields, message),
    info: (fields, message) => write('info', fields, message),
    warn: (fields, message) => write('warn', fields, message),
    error: (fields, message) => write('error', fields, message),
    hide: (secret) => void hidden.push(secret),
  };
}

function lineOf(message: string, fields: object, withStack: boolean): string {
  const facts = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined || name === 'err' ? [] : [`${name} ${String(value)}`],
  );
  const error: unknown = 'err' in fields ? fields.err : undefined;
  const reason = error instanceof Error ? `: ${(withStack && error.stack) || error.message}` : '';
  return `· ${message}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}${reason}`;
}

function codeOf(fields: object): string {
  if ('err' in fields) return isAppError(fields.err) ? fields.err.code : '';
  return 'code' in fields ? String(fields.code) : '';
}

function masked(text: string, secrets: readonly string[]): string {
  return secrets.reduce(
    (safe, secret) => (secret.length < SECRET_LENGTH ? safe : safe.replaceAll(secret, '***')),
    text,
  );
}
