import { AppError, toAppError } from '@tapekeeper/core';
import { databaseFacts } from '@tapekeeper/server/upkeep/databaseFacts';
import { hasDatabase, withDatabase } from '@tapekeeper/server/upkeep/databaseUrls';
import type { Context } from '../context.ts';
import { ok, warn, type Check } from './check.ts';

/** The database: which server, which schema, whose data. Nothing is made or changed. */
export async function checkDatabase({ config, log, say }: Context): Promise<readonly Check[]> {
  try {
    if (!(await hasDatabase(config))) return [warn('database', say('doctor.noDatabase'))];
    const { serverVersion, schema, mode } = await withDatabase(config, log, (urls) =>
      databaseFacts(urls.runtime),
    );
    const version = say('migrate.status', { found: schema.found, known: schema.known });
    return [
      ok('database', `PostgreSQL ${serverVersion}`),
      schema.pending.length === 0
        ? ok('schema', version)
        : warn('schema', `${version} ${say('doctor.pending')}`),
      checkMode(mode, config.mode, say),
    ];
  } catch (thrown) {
    const error = toAppError(thrown);
    return [{ name: 'database', state: 'failed', detail: '', error }];
  }
}

function checkMode(stamped: 'live' | 'replay' | null, asked: 'live' | 'replay', say: Context['say']): Check {
  if (stamped === null || stamped === asked) return ok('mode', say(`mode.${asked}`));
  const error = new AppError('mode_mismatch', { stamped, asked });
  return { name: 'mode', state: 'failed', detail: '', error };
}
