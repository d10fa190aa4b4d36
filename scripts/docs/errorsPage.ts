import { ERRORS, EXIT, type ErrorCode } from '../../packages/core/src/index.ts';
import { code, page, table } from './markdown.ts';

type ExitName = keyof typeof EXIT;

const EXIT_MEANINGS: Readonly<Record<ExitName, string>> = {
  ok: 'done',
  partial: 'the run ended, and something in it failed',
  usage: 'the question cannot be answered as put',
  dataError: 'a file is not what it should be',
  notFound: 'what was asked for is not there',
  unavailable: 'a source or the database is away, or refuses for now',
  internal: 'a fault of tapekeeper',
  io: 'the disk refuses',
  busy: 'another process holds what is needed',
  noPermission: 'not allowed',
  config: 'a setting, or the installation, is wrong',
};

const RETRIES = {
  never: 'no: another try gives the same',
  later: 'later, by itself or by you',
  now: 'at once, and tapekeeper does',
} as const;

/** `docs/reference/errors.md`: every error with its texts, and the exit codes. */
export function errorsPage(): string {
  const codes = (Object.keys(ERRORS) as ErrorCode[]).toSorted();
  const exits = Object.entries(EXIT).map(([name, exit]) => [String(exit), EXIT_MEANINGS[name as ExitName]]);
  return page('Errors', [
    'Every error has a code that stays. On the command line it is printed with the text, and the exit code is the one\n' +
      'given here; over HTTP it is the `code` of a problem document (RFC 9457) with the status given here. `{name}` stands\n' +
      'for a fact of the case.',
    '## Exit codes',
    table(['code', 'meaning'], exits),
    '## Codes',
    ...codes.flatMap((name) => [`### ${name}`, texts(name), facts(name)]),
  ]);
}

function texts(name: ErrorCode): string {
  return `> ${ERRORS[name].text}\n>\n> ${ERRORS[name].zh}`;
}

function facts(name: ErrorCode): string {
  const { status, exit, retry } = ERRORS[name];
  return `HTTP ${status}, exit code ${code(String(exit))}. Worth another try: ${RETRIES[retry]}.`;
}
