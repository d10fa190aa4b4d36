import { Command } from 'commander';
import { EXIT } from '@tapekeeper/core';
import { serveReplay, type ReplayWish } from '@tapekeeper/server/upkeep/serveReplay';
import { wholeNumber } from '../arguments.ts';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { count } from '../output/format.ts';
import { pairs } from '../output/table.ts';
import { listenForStop } from '../stopSignal.ts';

interface Options {
  readonly data?: string;
  readonly generate?: string | true;
  readonly seed?: string;
  readonly from?: string;
  readonly to?: string;
  readonly aksharePort?: string;
  readonly tusharePort?: string;
  readonly baostockPort?: string;
  readonly faults?: string;
  readonly latency?: string;
}

/** `replay`: upstreams that answer as the real ones do, from recorded data, for trying things out. */
export function replayCommand({ say, act }: Frame): Command {
  return new Command('replay')
    .description(say('help.replay'))
    .option('--data <dir>', say('option.replayData'))
    .option('--generate [symbols]', say('option.generate'))
    .option('--seed <number>', say('option.seed'))
    .option('--from <day>', say('option.generateFrom'))
    .option('--to <day>', say('option.generateTo'))
    .option('--tushare-port <port>', say('option.tusharePort'))
    .option('--baostock-port <port>', say('option.baostockPort'))
    .option('--akshare-port <port>', say('option.aksharePort'))
    .option('--faults <file>', say('option.faults'))
    .option('--latency <ms>', say('option.latency'))
    .action(act((context, options: Options) => serve(context, options)));
}

async function serve(context: Context, options: Options): Promise<number> {
  const { output, say } = context;
  const stop = listenForStop(() => {});
  try {
    const replay = await serveReplay(wishOf(context, options));
    const { tushareUrl, baostockUrl, akshareUrl, folder, firstDay, lastDay, symbols } = replay;
    output.line(
      pairs([
        ['tushare', tushareUrl],
        ['akshare', akshareUrl],
        ['baostock', baostockUrl],
        [say('replay.data'), folder],
        [say('replay.holds'), say('replay.holdsValue', { symbols: count(symbols), firstDay, lastDay })],
      ]),
    );
    output.line(`\n${say('replay.use', { tushareUrl, baostockUrl, akshareUrl })}`);
    output.result({ tushareUrl, baostockUrl, akshareUrl, folder, firstDay, lastDay, symbols });
    await stop.asked;
    await replay.stop();
    return EXIT.ok;
  } finally {
    stop.release();
  }
}

/** Stocks of a market that is made up, unless told otherwise. */
const WHOLE_MARKET = 5500;

function wishOf(context: Context, options: Options): ReplayWish {
  const number = (name: string, text: string | undefined): number | undefined =>
    text === undefined ? undefined : wholeNumber(context, name, text);
  return {
    folder: options.data ?? context.config.replayData ?? undefined,
    generated:
      options.generate === undefined
        ? undefined
        : {
            symbols:
              number('--generate', options.generate === true ? undefined : options.generate) ?? WHOLE_MARKET,
            seed: number('--seed', options.seed),
            from: options.from,
            to: options.to,
          },
    tusharePort: number('--tushare-port', options.tusharePort),
    baostockPort: number('--baostock-port', options.baostockPort),
    aksharePort: number('--akshare-port', options.aksharePort),
    faultsFile: options.faults,
    latencyMs: number('--latency', options.latency),
  };
}
