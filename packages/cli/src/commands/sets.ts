import { readFile, writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import type { NewSetBody, SetReport, SymbolSet } from '@tapekeeper/contract';
import { AppError, EXIT } from '@tapekeeper/core';
import { symbolList, wholeNumber } from '../arguments.ts';
import type { Api } from '@tapekeeper/client';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { count, instant, orDash } from '../output/format.ts';
import { table } from '../output/table.ts';
import { openForReading, type Session } from '../session.ts';
import { authorOf } from './accept.ts';

interface ChangeOptions {
  readonly title?: string;
  readonly symbols?: string;
  readonly rule?: string;
  readonly author?: string;
  readonly replace?: boolean;
  readonly dryRun?: boolean;
  readonly out?: string;
}

const PAGE = 5000;

/** `sets`: named lists of symbols. */
export function setsCommand({ say, act }: Frame): Command {
  const command = new Command('sets').description(say('help.sets'));
  const made = (name: string, key: Parameters<typeof say>[0]): Command => {
    const child = new Command(name).description(say(key));
    command.addCommand(child);
    return child;
  };
  const named = (name: string, key: Parameters<typeof say>[0]): Command =>
    made(name, key).argument('<name>', say('argument.set'));
  const changing = (child: Command): Command =>
    child
      .option('--set-version <number>', say('option.setVersion'))
      .option('--author <name>', say('option.author'));

  made('list', 'help.setsList').action(act((context) => list(context)));
  named('show', 'help.setsShow').action(act((context, name: string) => show(context, name)));
  changing(named('create', 'help.setsCreate'))
    .option('--symbols <list>', say('option.setSymbols'))
    .option('--rule <rule>', say('option.setRule'))
    .option('--title <text>', say('option.title'))
    .action(act((context, name: string, options: ChangeOptions) => create(context, name, options)));
  for (const way of ['add', 'remove'] as const) {
    changing(named(way, way === 'add' ? 'help.setsAdd' : 'help.setsRemove'))
      .argument('<symbols>', say('option.setSymbols'))
      .action(
        act((context, name: string, symbols: string, options: Versioned) =>
          change(context, way, name, symbols, options),
        ),
      );
  }
  changing(named('import', 'help.setsImport'))
    .argument('<file>', say('argument.setFile'))
    .option('--replace', say('option.replace'))
    .option('--dry-run', say('option.dryRun'))
    .action(
      act((context, name: string, file: string, options: Versioned) =>
        importFile(context, name, file, options),
      ),
    );
  named('export', 'help.setsExport')
    .option('--out <file>', say('option.setOut'))
    .action(act((context, name: string, options: ChangeOptions) => exportSet(context, name, options)));
  changing(named('delete', 'help.setsDelete')).action(
    act((context, name: string, options: Versioned) => remove(context, name, options)),
  );
  return command;
}

interface Versioned extends ChangeOptions {
  readonly setVersion?: string;
}

async function asked(context: Context, work: (api: Api) => Promise<void>): Promise<number> {
  const session: Session = await openForReading(context);
  try {
    await work(session.api);
    return EXIT.ok;
  } finally {
    await session.close();
  }
}

function list(context: Context): Promise<number> {
  const { output, say } = context;
  return asked(context, async (api) => {
    const sets: SymbolSet[] = [];
    for (let after: string | null = ''; after !== null;) {
      const page = await api.sets({ after, limit: 500 });
      sets.push(...page.sets);
      after = page.next;
    }
    output.result({ sets });
    const columns = [
      'column.set',
      'column.title',
      'column.symbols',
      'column.setRule',
      'column.version',
      'column.author',
      'column.at',
    ] as const;
    const rows = sets.map((set) => [
      set.name,
      orDash(set.title),
      set.rule === null ? count(set.members) : '-',
      ruleText(set),
      String(set.version),
      set.updatedBy,
      instant(set.updatedAt),
    ]);
    const titles = columns.map((key) => ({ title: say(key) }));
    output.line(rows.length === 0 ? say('sets.none') : table(titles, rows));
  });
}

function ruleText({ rule }: SymbolSet): string {
  switch (rule?.kind) {
    case undefined:
      return '-';
    case 'all':
      return 'all';
    case 'board':
      return `board:${rule.board}`;
    case 'exchange':
      return `exchange:${rule.exchange}`;
  }
}

function show(context: Context, name: string): Promise<number> {
  return asked(context, async (api) => {
    const set = await api.set(name);
    const symbols = await membersOf(api, name);
    context.output.result({ ...set, symbols });
    for (const symbol of symbols) context.output.line(symbol);
  });
}

async function membersOf(api: Api, name: string): Promise<readonly string[]> {
  const symbols: string[] = [];
  for (let after: string | null = ''; after !== null;) {
    const page = await api.setMembers(name, { after, limit: PAGE });
    symbols.push(...page.symbols);
    after = page.next;
  }
  return symbols;
}

async function create(context: Context, name: string, options: ChangeOptions): Promise<number> {
  const body: NewSetBody = {
    name,
    title: options.title,
    symbols: options.symbols === undefined ? undefined : [...(await symbolList(context, options.symbols))],
    rule: options.rule === undefined ? undefined : ruleOf(context, options.rule),
    author: authorOf(options),
  };
  return asked(context, async (api) => tell(context, await api.createSet(body)));
}

/** `all`, `board:star`, `exchange:XSHG`. */
function ruleOf({ say }: Context, text: string): NonNullable<NewSetBody['rule']> {
  const [kind, value = ''] = text.split(':');
  if (kind === 'all' && value === '') return { kind };
  if (kind === 'board' && (value === 'main' || value === 'star' || value === 'chinext' || value === 'bse')) {
    return { kind, board: value };
  }
  if (kind === 'exchange' && (value === 'XSHG' || value === 'XSHE' || value === 'XBSE'))
    return { kind, exchange: value };
  throw new AppError('usage', { problem: say('usage.setRule', { text }), command: 'sets create ' });
}

async function change(
  context: Context,
  way: 'add' | 'remove',
  name: string,
  text: string,
  options: Versioned,
): Promise<number> {
  const symbols = [...(await symbolList(context, text))];
  const body = { ...versionOf(context, options), [way]: symbols, author: authorOf(options) };
  return asked(context, async (api) => tell(context, await api.changeSet(name, body)));
}

function versionOf(context: Context, { setVersion }: Versioned): { version?: number } {
  return setVersion === undefined ? {} : { version: wholeNumber(context, '--set-version', setVersion) };
}

function tell({ output, say }: Context, report: SetReport): void {
  const { set, added, removed, notes } = report;
  output.result(report);
  output.line(
    say('sets.changed', {
      name: set.name,
      version: set.version,
      members: count(set.members),
      added,
      removed,
    }),
  );
  for (const note of notes) output.line(note);
}

async function importFile(context: Context, name: string, file: string, options: Versioned): Promise<number> {
  const { output, say } = context;
  const text = await textOf(context, file);
  return asked(context, async (api) => {
    const report = await api.importSet(name, {
      ...versionOf(context, options),
      text,
      mode: options.replace === true ? 'replace' : 'add',
      dryRun: options.dryRun ?? false,
      author: authorOf(options),
    });
    if (report.set !== null && options.dryRun !== true) return tell(context, { ...report, set: report.set });
    output.result(report);
    output.line(say('sets.would', { count: count(report.symbols.length), name }));
    for (const note of report.notes) output.line(note);
  });
}

async function textOf({ say }: Context, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError(
      'usage',
      { problem: say('usage.file', { file, reason }), command: 'sets import ' },
      error,
    );
  }
}

function exportSet(context: Context, name: string, { out }: ChangeOptions): Promise<number> {
  const { output, say } = context;
  return asked(context, async (api) => {
    await api.set(name);
    const symbols = await membersOf(api, name);
    const text = symbols.map((symbol) => `${symbol}\n`).join('');
    if (out === undefined) {
      output.result({ name, symbols });
      for (const symbol of symbols) output.line(symbol);
      return;
    }
    await writeFile(out, text, { flag: 'wx' }).catch((error: unknown) => {
      throw new AppError(
        'file_unwritable',
        { file: out, message: error instanceof Error ? error.message : '' },
        error,
      );
    });
    output.result({ name, file: out, symbols: symbols.length });
    output.line(say('sets.exported', { name, count: count(symbols.length), file: out }));
  });
}

function remove(context: Context, name: string, options: Versioned): Promise<number> {
  const { output, say } = context;
  return asked(context, async (api) => {
    const set = await api.deleteSet(name, { ...versionOf(context, options), author: authorOf(options) });
    output.result(set);
    output.line(say('sets.deleted', { name, members: count(set.members) }));
  });
}
