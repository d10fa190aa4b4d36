/**
 * What the first ten years of the whole market cost, by source and kind of account: calls, time and disk.
 *
 *   node scripts/backfillCost.ts [FILE ...]
 *
 * Prints a table in Markdown, and writes it between the markers of docs/performance.md and of the files
 * named. Calls come from the planner, the time follows from them, disk is measured in a database.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { builtinCalendar, type Capability, type DatasetId } from '@tapekeeper/core';
import { openRig } from '../bench/rig/rig.ts';
import { BAOSTOCK_CAPABILITIES } from '../packages/server/src/sources/baostock/capabilities.ts';
import { TUSHARE_CAPABILITIES } from '../packages/server/src/sources/tushare/apis.ts';
import { generatedListings, WHOLE_MARKET } from '../test/support/generatedListings.ts';
import { planCost, type PlanCost } from './backfill/planCost.ts';
import { measureRowBytes } from './backfill/rowSize.ts';
import { CALL_LATENCY_MS, TIERS, type Tier } from './backfill/tiers.ts';

const BEGIN = '<!-- backfill:begin -->';
const END = '<!-- backfill:end -->';
const GRIDS: readonly DatasetId[] = ['daily_bars', 'daily_basics', 'adj_factors'];
const LISTS: readonly DatasetId[] = ['stock_basics', 'trade_calendar'];

const market = { ...WHOLE_MARKET, listings: generatedListings(WHOLE_MARKET.symbols) };
const days = builtinCalendar().tradingDays(market.from, market.to).length;

function capabilityOf(tier: Tier, dataset: DatasetId): Capability {
  const all = tier.source === 'tushare' ? TUSHARE_CAPABILITIES : BAOSTOCK_CAPABILITIES;
  const capability = all.find((one) => one.dataset === dataset);
  if (capability === undefined) throw new Error(`${tier.source} does not serve ${dataset}`);
  return capability;
}

interface Line extends PlanCost {
  readonly tier: Tier;
  readonly dataset: DatasetId;
  /** Comes in the answers to another data set, at no call of its own. */
  readonly beside: DatasetId | undefined;
  readonly bytes: number;
}

async function linesOf(
  tier: Tier,
  rowBytes: (tier: Tier, cost: PlanCost, dataset: DatasetId) => Promise<number>,
): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (const dataset of tier.datasets ?? GRIDS) {
    const cost = planCost(market, capabilityOf(tier, dataset), tier);
    const beside = GRIDS.find(
      (one) =>
        one !== dataset &&
        GRIDS.indexOf(one) < GRIDS.indexOf(dataset) &&
        capabilityOf(tier, one).byproducts.includes(dataset),
    );
    const bytes = cost.rows * (await rowBytes(tier, cost, dataset));
    lines.push({
      ...cost,
      ...(beside === undefined ? {} : { calls: 0, ms: 0 }),
      tier,
      dataset,
      beside,
      bytes,
    });
  }
  return lines;
}

async function allLines(): Promise<{
  lines: readonly Line[];
  sizes: ReadonlyMap<string, number>;
  postgres: string;
}> {
  const rig = await openRig({ marketDay: market.to });
  try {
    const sizes = new Map<string, number>();
    const rowBytes = async (tier: Tier, { shape }: PlanCost, dataset: DatasetId): Promise<number> => {
      const key = `${tier.source} ${dataset}`;
      const known = sizes.get(key);
      if (known !== undefined) return known;
      const capability = capabilityOf(tier, dataset);
      const bytes = await measureRowBytes(rig.owner, market.listings, market.to, {
        source: tier.source,
        capability,
        shape,
      });
      sizes.set(key, bytes);
      return bytes;
    };
    const lines: Line[] = [];
    for (const tier of TIERS) lines.push(...(await linesOf(tier, rowBytes)));
    return { lines, sizes, postgres: rig.postgres };
  } finally {
    await rig.close();
  }
}

function hours(ms: number): string {
  if (ms === 0) return '0';
  return ms < 3_600_000 ? `${Math.max(1, Math.round(ms / 60_000))} min` : `${(ms / 3_600_000).toFixed(1)} h`;
}

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

function row(line: Line): string {
  const by = line.beside === undefined ? line.shape : `beside \`${line.beside}\``;
  const pace = `${line.tier.perMinute}/min`;
  const cells = [
    line.tier.name,
    pace,
    `\`${line.dataset}\``,
    by,
    whole(line.calls),
    hours(line.ms),
    whole(line.rows),
    gigabytes(line.bytes),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** A sum for each kind of account: the interfaces of Tushare are counted apart, yet asked one run after the other. */
function sum(tier: Tier, lines: readonly Line[]): string {
  const own = lines.filter((line) => line.tier === tier);
  const total = (of: (line: Line) => number): number => own.reduce((all, line) => all + of(line), 0);
  const listCalls = LISTS.reduce(
    (calls, dataset) => calls + planCost(market, capabilityOf(tier, dataset), tier).calls,
    0,
  );
  const calls = total((line) => line.calls) + (tier.datasets === undefined ? listCalls : 0);
  const cells = [
    `**${tier.name}**`,
    '',
    '**all**',
    '',
    whole(calls),
    hours(total((line) => line.ms)),
    whole(total((line) => line.rows)),
    gigabytes(total((line) => line.bytes)),
  ];
  return `| ${cells.join(' | ')} |`;
}

function markdown(lines: readonly Line[], sizes: ReadonlyMap<string, number>, postgres: string): string {
  const measured = [...sizes].map(([of, bytes]) => `${of} ${whole(bytes)}`).join(', ');
  return [
    `${whole(market.symbols)} symbols over ${market.from} to ${market.to} (${whole(days)} trading days), nothing stored before:`,
    '',
    '| source and account | pace | data set | asked by | calls | time | rows | disk |',
    '| --- | --- | --- | --- | ---: | ---: | ---: | ---: |',
    ...TIERS.flatMap((tier) => [
      ...lines.filter((line) => line.tier === tier).map(row),
      ...((tier.datasets ?? GRIDS).length > 1 ? [sum(tier, lines)] : []),
    ]),
    '',
    'Calls are **counted** by the planner itself, over listings generated so that every symbol is listed for all ten years',
    '(those of Beijing since it opened): an upper bound. The sums include the lists; BaoStock needs 1 % more for logging in',
    `anew every 200 calls. Time is **computed** from the calls, one after the other, ${CALL_LATENCY_MS} ms each, at the pace that the`,
    'settings suggest for the account; a daily limit would come into it only above 8,000 calls. Disk is **measured**: table',
    `and index, of rows with every column that the source fills, written in the order of the backfill into PostgreSQL ${postgres}.`,
    `In bytes a row: ${measured}.`,
    '',
    'BaoStock has no stock of Beijing. An account of 120 points has no right to lists, indicators and factors: the lists come',
    'from BaoStock by themselves, and so do indicators and factors when they are asked for.',
  ].join('\n');
}

async function writeBetweenMarkers(file: string, text: string): Promise<void> {
  const before = await readFile(file, 'utf8');
  const [from, to] = [before.indexOf(BEGIN), before.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${file} lacks the markers ${BEGIN} and ${END}`);
  await writeFile(file, `${before.slice(0, from + BEGIN.length)}\n${text}\n${before.slice(to)}`);
}

const { lines, sizes, postgres } = await allLines();
const text = markdown(lines, sizes, postgres);
console.log(text);
for (const file of ['docs/performance.md', ...process.argv.slice(2)]) await writeBetweenMarkers(file, text);
