import { Command, CommanderError, Option } from 'commander';
import { EXIT, type Language } from '@tapekeeper/core';
import { PRODUCT_VERSION } from '@tapekeeper/server/upkeep/productVersion';
import { createFrame, type Frame } from './command.ts';
import { sayIn, type Say } from './texts.ts';
import { usageError } from './usageError.ts';

type MakeCommand = (frame: Frame) => Command;

/** In the order of help: what one needs first comes first. Loaded when needed, since each takes time. */
const COMMANDS: Readonly<Record<string, () => Promise<MakeCommand>>> = {
  init: async () => (await import('./commands/init.ts')).initCommand,
  start: async () => (await import('./commands/start.ts')).startCommand,
  sync: async () => (await import('./commands/sync.ts')).syncCommand,
  repair: async () => (await import('./commands/repair.ts')).repairCommand,
  status: async () => (await import('./commands/status.ts')).statusCommand,
  jobs: async () => (await import('./commands/jobs.ts')).jobsCommand,
  groups: async () => (await import('./commands/groups.ts')).groupsCommand,
  alerts: async () => (await import('./commands/alerts.ts')).alertsCommand,
  targets: async () => (await import('./commands/targets.ts')).targetsCommand,
  runs: async () => (await import('./commands/runs.ts')).runsCommand,
  coverage: async () => (await import('./commands/coverage.ts')).coverageCommand,
  statistics: async () => (await import('./commands/statistics.ts')).statisticsCommand,
  why: async () => (await import('./commands/why.ts')).whyCommand,
  preview: async () => (await import('./commands/preview.ts')).previewCommand,
  events: async () => (await import('./commands/events.ts')).eventsCommand,
  explain: async () => (await import('./commands/explain.ts')).explainCommand,
  sources: async () => (await import('./commands/sources.ts')).sourcesCommand,
  accept: async () => (await import('./commands/accept.ts')).acceptCommand,
  quarantine: async () => (await import('./commands/quarantine.ts')).quarantineCommand,
  revisions: async () => (await import('./commands/revisions.ts')).revisionsCommand,
  reconcile: async () => (await import('./commands/reconcile.ts')).reconcileCommand,
  sets: async () => (await import('./commands/sets.ts')).setsCommand,
  secrets: async () => (await import('./commands/secrets.ts')).secretsCommand,
  channels: async () => (await import('./commands/channels.ts')).channelsCommand,
  operations: async () => (await import('./commands/operations.ts')).operationsCommand,
  users: async () => (await import('./commands/users.ts')).usersCommand,
  tokens: async () => (await import('./commands/tokens.ts')).tokensCommand,
  sessions: async () => (await import('./commands/sessions.ts')).sessionsCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
  db: async () => (await import('./commands/db.ts')).dbCommand,
  import: async () => (await import('./commands/import.ts')).importCommand,
  export: async () => (await import('./commands/export.ts')).exportCommand,
  backup: async () => (await import('./commands/backup.ts')).backupCommand,
  restore: async () => (await import('./commands/restore.ts')).restoreCommand,
  replay: async () => (await import('./commands/replay.ts')).replayCommand,
  migrate: async () => (await import('./commands/migrate.ts')).migrateCommand,
};

/** The commands that a command line names; all of them where it names none, or asks for help. */
async function commandsFor(argv: readonly string[]): Promise<readonly MakeCommand[]> {
  const all = Object.entries(COMMANDS);
  const named = argv.includes('help') ? [] : all.filter(([name]) => argv.includes(name));
  if (named.length === 0 && argv.some((word) => word === '-v' || word === '--version')) return [];
  return Promise.all((named.length > 0 ? named : all).map(([, load]) => load()));
}

/** Runs a command line and returns its exit code. Throws what the command throws, and `usage`. */
export async function runProgram(argv: readonly string[], language: Language): Promise<number> {
  const say = sayIn(language);
  let exit: number = EXIT.ok;
  const frame = createFrame(say, language, (code) => (exit = code));
  const program = await programFor(argv, frame);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exit;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.ok;
    if (error.code === 'commander.help') return EXIT.usage;
    throw usageError(error, argv, program, say);
  }
}

/** The program with the commands that a command line names, or with all of them. */
export async function programFor(argv: readonly string[], frame: Frame): Promise<Command> {
  const program = programOf(frame.say);
  for (const make of await commandsFor(argv)) program.addCommand(inherit(program, make(frame)));
  return program;
}

function programOf(say: Say): Command {
  const program = new Command('tapekeeper');
  program
    .description(say('help.tapekeeper'))
    .version(PRODUCT_VERSION, '-v, --version', say('option.version'))
    .helpOption('-h, --help', say('option.help'))
    .helpCommand('help [command]', say('help.help'))
    .addOption(new Option('--demo', say('option.demo')))
    .option('--json', say('option.json'))
    .option('--data-dir <dir>', say('option.dataDir'))
    .option('--config <file>', say('option.config'))
    .option('--port <port>', say('option.port'))
    .option('--server <url>', say('option.server'))
    .option('--host <address>', say('option.host'))
    .option('--role <roles>', say('option.role'))
    .option('--database-url <url>', say('option.databaseUrl'))
    .option('--sources [list]', say('option.sources'))
    .option('--history-from <day>', say('option.historyFrom'))
    .option('--tushare-url <url>', say('option.tushareUrl'))
    .option('--baostock-url <url>', say('option.baostockUrl'))
    .option('--akshare-url <url>', say('option.akshareUrl'))
    .option('--replay-data <dir>', say('option.replayData'))
    .addOption(new Option('--lang <language>', say('option.lang')).choices(['en', 'zh']))
    .option('--log-level <level>', say('option.logLevel'))
    .addHelpText(
      'afterAll',
      ({ command }) => `\n${say(command === program ? 'help.exitCodes' : 'help.globals')}`,
    )
    .configureHelp({ styleTitle: (title) => titleIn(say, title) })
    .configureOutput({ outputError: () => {} })
    .exitOverride();
  return program;
}

/** Sets of a command what commander hands down only to commands that it makes itself. */
function inherit(program: Command, command: Command): Command {
  command.copyInheritedSettings(program);
  for (const child of command.commands) inherit(program, child);
  return command;
}

function titleIn(say: Say, title: string): string {
  switch (title) {
    case 'Usage:':
      return say('help.usage');
    case 'Arguments:':
      return say('help.arguments');
    case 'Options:':
      return say('help.options');
    case 'Commands:':
      return say('help.commands');
    default:
      return title;
  }
}
