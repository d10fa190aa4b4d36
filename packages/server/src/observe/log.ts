import { pino } from 'pino';
import type { Log } from '../ports/log.ts';

/** JSON lines on standard error; known secrets are masked wherever they turn up in a field or a text. */
export function createLog(level: string, secrets: () => readonly string[]): Log {
  const mask = (text: string): string =>
    secrets().reduce(
      (masked, secret) => (secret.length < 8 ? masked : masked.replaceAll(secret, '***')),
      text,
    );
  return pino(
    {
      level,
      base: null,
      serializers: { err: (error: unknown) => describeError(error) },
      redact: { paths: ['token', 'password', '*.token', '*.password', 'url', '*.url'], censor: '***' },
    },
    { write: (line: string) => void process.stderr.write(mask(line)) },
  );
}

function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = 'code' in error ? { code: error.code } : {};
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) };
  return { ...code, message: error.message, stack: error.stack, ...cause };
}
