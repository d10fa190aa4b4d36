import { pino } from 'pino';
import type { Log } from '../ports/log.ts';
import { scopeFields, withinScope } from './logScope.ts';

/** Shorter texts are no secrets, and would mask half of what is said. */
const SHORTEST_SECRET = 8;

/** JSON lines on standard error; known secrets are masked wherever they turn up in a field or a text. */
export function createLog(
  level: string,
  secrets: () => readonly string[],
): Log & Required<Pick<Log, 'hide'>> {
  const hidden = new Set<string>();
  const mask = (text: string): string =>
    [...secrets().flatMap(formsOf), ...hidden].reduce((masked, form) => masked.replaceAll(form, '***'), text);
  const lines = pino(
    {
      level,
      base: null,
      mixin: scopeFields,
      serializers: { err: (error: unknown) => describeError(error) },
      redact: { paths: ['token', 'password', '*.token', '*.password', 'url', '*.url'], censor: '***' },
    },
    { write: (line: string) => void process.stderr.write(mask(line)) },
  );
  return {
    debug: (fields, message) => lines.debug(fields, message),
    info: (fields, message) => lines.info(fields, message),
    warn: (fields, message) => lines.warn(fields, message),
    error: (fields, message) => lines.error(fields, message),
    within: withinScope,
    hide(secret) {
      for (const form of formsOf(secret)) hidden.add(form);
    },
  };
}

/** A secret as it stands in a line of JSON, and in an address. */
function formsOf(secret: string): readonly string[] {
  if (secret.length < SHORTEST_SECRET) return [];
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret.toWellFormed())];
}

function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = 'code' in error ? { code: error.code } : {};
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) };
  return { ...code, message: error.message, stack: error.stack, ...cause };
}
