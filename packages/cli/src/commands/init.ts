import { Command } from 'commander';
import { EXIT, isAppError, type SourceId } from '@tapekeeper/core';
import { findServer } from '@tapekeeper/server/upkeep/findServer';
import { keepToken, keptToken, TUSHARE_SECRET } from '@tapekeeper/server/upkeep/keptToken';
import { checkRights, type CheckedDataset } from '@tapekeeper/server/upkeep/checkRights';
import { openSources } from '@tapekeeper/server/upkeep/openSources';
import { saveRights, type CheckedRight } from '@tapekeeper/server/upkeep/saveRights';
import { writeSettings } from '@tapekeeper/server/upkeep/writeSettings';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { isReachable, rightsTable, readyTable } from '../output/rightsTable.ts';
import { askSecret, readInput } from '../secretPrompt.ts';
import { listenForStop } from '../stopSignal.ts';

interface Options {
  readonly tokenStdin?: boolean;
}

/** `init`: a token that works, rights that are known, a database that is there. */
export function initCommand({ say, act }: Frame): Command {
  return new Command('init')
    .description(say('help.init'))
    .option('--token-stdin', say('option.tokenStdin'))
    .action(act((context, options: Options) => init(context, options)));
}

async function init(context: Context, options: Options): Promise<number> {
  const { config, log, output, say } = context;
  const kept = await keptToken(config, log);
  const token = await tokenOf(context, options, kept ?? config.tushareToken);
  const stop = listenForStop(() => output.note(say('stop.asked')));
  try {
    const checked = await check(context, token, stop.signal);
    const badToken = checked.find(({ error }) => isAppError(error, 'bad_token'));
    if (badToken?.error !== undefined) throw badToken.error;
    output.line(rightsTable(context, checked));
    const reached = new Set(checked.filter(isReachable).map(({ source }) => source));
    if (reached.size === 0) {
      output.note(`\n${say('init.nothingReached')}`);
      output.result({ saved: false, sources: resultOf(checked) });
      return EXIT.unavailable;
    }
    await saveRights(config, log, rightsOf(checked));
    const saved = token !== null && reached.has('tushare');
    // what is kept as a secret goes before the settings, which would have no say
    const file =
      saved && kept === undefined ? await writeSettings(config.dataDir, { tushareToken: token }) : undefined;
    if (saved && kept !== undefined && token !== kept) await keepToken(config, log, token, 'init');
    const where = saved && kept !== undefined ? 'secret' : file;
    tellWhatIsReady(context, checked, where, token);
    if ((await findServer(config.dataDir)) !== undefined) output.line(`\n${say('init.restart')}`);
    output.result({ saved, file: file ?? null, dataDir: config.dataDir, sources: resultOf(checked) });
    return EXIT.ok;
  } finally {
    stop.release();
  }
}

/** From standard input if asked so, else what a person types, else what is known already. Null is none. */
async function tokenOf(
  { config, output, say }: Context,
  options: Options,
  known: string | null,
): Promise<string | null> {
  if (options.tokenStdin === true) return (await readInput()).trim() || null;
  if (!config.sources.includes('tushare') || !process.stdin.isTTY) return known;
  output.note(say('init.about'));
  const question = known === null ? say('init.askToken') : say('init.askOtherToken');
  return (await askSecret(question)).trim() || known;
}

async function check(
  context: Context,
  token: string | null,
  signal: AbortSignal,
): Promise<readonly CheckedDataset[]> {
  const { config, output, say } = context;
  const { sources, close } = await openSources(config, token);
  const asked = sources.filter(({ id }) => id !== 'tushare' || token !== null || config.mode === 'replay');
  const checked: CheckedDataset[] = [];
  try {
    for (const source of asked) {
      output.note(say('init.checking', { source: source.id, host: source.hosts.join(', ') }));
      for await (const one of checkRights(source, undefined, signal)) checked.push(one);
    }
    output.note('');
    return checked;
  } finally {
    await close();
  }
}

/** A call that came through, or was only too much for this minute, shows the right; a refusal shows its lack. */
function rightsOf(checked: readonly CheckedDataset[]): readonly CheckedRight[] {
  return checked.flatMap(({ source, api, error }): CheckedRight[] => {
    if (error === undefined || error.code === 'rate_limited')
      return [{ source, api, allowed: true, detail: null }];
    return error.code === 'permission_denied' ? [{ source, api, allowed: false, detail: error.message }] : [];
  });
}

function tellWhatIsReady(
  context: Context,
  checked: readonly CheckedDataset[],
  where: string | undefined,
  token: string | null,
): void {
  const { config, output, say } = context;
  output.line(`\n${readyTable(context, checked)}\n`);
  output.line(say('init.database', { dir: config.dataDir }));
  if (where === 'secret') output.line(say('init.tokenKeptAsSecret', { name: TUSHARE_SECRET }));
  else if (where !== undefined) output.line(say('init.tokenKept', { file: where }));
  else if (token === null) output.line(say('init.noToken'));
  else output.line(say('init.tokenUnchecked'));
  output.line(`\n${say('init.next')}`);
}

function resultOf(checked: readonly CheckedDataset[]): object[] {
  const sources = [...new Set<SourceId>(checked.map(({ source }) => source))];
  return sources.map((source) => ({
    source,
    reachable: checked.some((one) => one.source === source && isReachable(one)),
    datasets: checked
      .filter((one) => one.source === source)
      .map(({ dataset, api, error }) => ({
        dataset,
        api,
        ok: error === undefined,
        error: error === undefined ? null : { code: error.code, message: error.message },
      })),
  }));
}
