import { Command, CommanderError, Option } from 'commander';
import { EXIT, type Language } from '@tapekeeper/core';
import { PRODUCT_VERSION } from '@tapekeeper/server/upkeep/productVersion';
import { createFrame, type Frame } from './command.ts';
import { backupCommand } from './commands/backup.ts';
import { coverageCommand } from './commands/coverage.ts';
import { dbCommand } from './commands/db.ts';
import { doctorCommand } from './commands/doctor.ts';
import { initCommand } from './commands/init.ts';
import { migrateCommand } from './commands/migrate.ts';
import { repairCommand } from './commands/repair.ts';
import { replayCommand } from './commands/replay.ts';
import { restoreCommand } from './commands/restore.ts';
import { runsCommand } from './commands/runs.ts';
import { startCommand } from './commands/start.ts';
import { statusCommand } from './commands/status.ts';
import { syncCommand } from './commands/sync.ts';
import { whyCommand } from './commands/why.ts';
import { sayIn, type Say } from './texts.ts';
import { usageError } from './usageError.ts';

/** In the order of help: what one needs first comes first. */
const COMMANDS: readonly ((frame: Frame) => Command)[] = [
  initCommand,
  startCommand,
  syncCommand,
  repairCommand,
  statusCommand,
  runsCommand,
  coverageCommand,
  whyCommand,
  doctorCommand,
  dbCommand,
  backupCommand,
  restoreCommand,
  replayCommand,
  migrateCommand,
];

/** Runs a command line and returns its exit code. Throws what the command throws, and `usage`. */
export async function runProgram(argv: readonly string[], language: Language): Promise<number> {
  const say = sayIn(language);
  let exit: number = EXIT.ok;
  const frame = createFrame(say, language, (code) => (exit = code));
  const program = programOf(say);
  for (const make of COMMANDS) program.addCommand(inherit(program, make(frame)));
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
    .option('--database-url <url>', say('option.databaseUrl'))
    .option('--sources [list]', say('option.sources'))
    .option('--history-from <day>', say('option.historyFrom'))
    .option('--tushare-url <url>', say('option.tushareUrl'))
    .option('--baostock-url <url>', say('option.baostockUrl'))
    .option('--replay-data <dir>', say('option.replayData'))
    .addOption(new Option('--lang <language>', say('option.lang')).choices(['en', 'zh']))
    .option('--log-level <level>', say('option.logLevel'))
    .addHelpText('afterAll', ({ command }) => `\n${say(command === program ? 'help.exitCodes' : 'help.globals')}`)
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
