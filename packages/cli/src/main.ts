import { environment } from '@tapekeeper/server/config';
import { flagValue } from './flagValue.ts';
import { languageOf } from './language.ts';
import { runProgram } from './program.ts';
import { reportError } from './reportError.ts';

/** Runs one command line and returns the exit code of the process. */
export async function main(argv: readonly string[]): Promise<number> {
  endQuietlyWhenNobodyReads();
  const env = environment();
  const language = languageOf(argv, env);
  try {
    return await runProgram(argv, language);
  } catch (error) {
    const debug = flagValue(argv, '--log-level') === 'debug' || env['TAPEKEEPER_LOG_LEVEL'] === 'debug';
    return reportError(error, { language, json: argv.includes('--json'), debug });
  }
}

/** `tapekeeper runs | head` closes the pipe early, which is no error. */
function endQuietlyWhenNobodyReads(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}
