import { parseDay } from '@tapekeeper/core';
import type { Call, Replay } from '@tapekeeper/replay';
import type { Source } from '../../packages/server/src/ports/source.ts';
import { sql, type Database } from '../../packages/server/src/store/connection.ts';

/** The replay server remembers this many calls. */
const REMEMBERED = 1000;

/** An item as its calls show it: the source, the interface, and the day or symbol that is asked for. */
type ItemName = string;

/**
 * Holds the upstream's own log of calls against the items that were in flight at each kill: an item may
 * be fetched once, and once more for each kill that found it running.
 */
export class CallLedger {
  readonly #replay: Pick<Replay, 'calls' | 'counts'>;
  readonly #calls = new Map<ItemName, number>();
  readonly #inFlight = new Map<ItemName, number>();
  #read: number;

  constructor(replay: Pick<Replay, 'calls' | 'counts'>) {
    this.#replay = replay;
    this.#read = total(replay);
  }

  /** Takes over the calls since the last look. To be called before a thousand more have come. */
  read(): void {
    const all = total(this.#replay);
    const fresh = all - this.#read;
    if (fresh > REMEMBERED)
      throw new Error(`${fresh} calls since the last look, and only ${REMEMBERED} are remembered`);
    this.#read = all;
    for (const call of fresh === 0 ? [] : this.#replay.calls().slice(-fresh)) {
      if (call.api !== 'login' && call.api !== 'logout') count(this.#calls, itemOfCall(call));
    }
  }

  /** A worker has been killed while it had these items. */
  killed(items: readonly ItemName[]): void {
    for (const item of items) count(this.#inFlight, item);
  }

  /**
   * How often items were fetched again, and how often an item was in flight at a kill.
   * @param pages the calls that one whole answer takes, by item
   */
  sums(pages: ReadonlyMap<ItemName, number>): RefetchSums {
    const unexplained: string[] = [];
    let refetched = 0;
    for (const [item, calls] of this.#calls) {
      const whole = pages.get(item);
      if (whole === undefined) {
        unexplained.push(`${item} was asked for, and no item did it`);
        continue;
      }
      const again = Math.ceil((calls - whole) / whole);
      const kills = this.#inFlight.get(item) ?? 0;
      if (again > kills)
        unexplained.push(`${item} was fetched ${again} times again, and in flight at ${kills} kills`);
      refetched += again;
    }
    const inFlight = [...this.#inFlight.values()].reduce((sum, kills) => sum + kills, 0);
    return { refetched, inFlight, unexplained };
  }
}

export interface RefetchSums {
  readonly refetched: number;
  readonly inFlight: number;
  readonly unexplained: readonly string[];
}

type Sources = ReadonlyMap<string, Source>;

/** The items that workers hold right now. */
export async function itemsInFlight(db: Database, sources: Sources): Promise<readonly ItemName[]> {
  const items = await db.rows<NamedItem>(sql`${namedItems} WHERE i.state = 'running'`);
  return items.map((item) => nameOf(sources, item));
}

/** The calls that the attempt took which did an item, pages counted. */
export async function pagesOfItems(db: Database, sources: Sources): Promise<ReadonlyMap<ItemName, number>> {
  const items = await db.rows<NamedItem & { calls: number }>(sql`
    SELECT n.*, a.calls FROM (${namedItems} WHERE i.state = 'done') AS n
    JOIN tapekeeper.attempt a ON a.run_id = n.run_id AND a.item_no = n.no AND a.error_code IS NULL`);
  return new Map(items.map((item) => [nameOf(sources, item), item.calls]));
}

interface NamedItem {
  readonly source: string;
  readonly dataset: string;
  readonly shape: string;
  readonly day: string;
  readonly symbol: string | null;
}

const namedItems = sql`
  SELECT i.run_id, i.no, i.source, r.dataset, i.shape, i.from_day AS day, n.symbol FROM tapekeeper.item i
  JOIN tapekeeper.run r ON r.id = i.run_id LEFT JOIN tapekeeper.instrument n ON n.id = i.instrument_id`;

function nameOf(sources: Sources, { source, dataset, shape, day, symbol }: NamedItem): ItemName {
  const api = sources.get(source)?.capabilities.find((one) => one.dataset === dataset)?.api;
  return itemName(source, api, shape === 'day' ? day : shape === 'symbol' ? symbol : null);
}

function itemOfCall({ protocol, api, params }: Call): ItemName {
  const day = parseDay(params['trade_date'] ?? '');
  const code = /^(s[hz])\.(\d{6})$/.exec(params['code'] ?? '');
  const symbol = code ? `${code[2]}.${code[1]?.toUpperCase()}` : params['ts_code'];
  return itemName(protocol, ASKED_WITH[api] ?? api, day ?? (symbol || null));
}

/** Interfaces that are asked along with another one, for the same item. */
const ASKED_WITH: Readonly<Record<string, string>> = { bse_mapping: 'stock_basic' };

function itemName(source: string, api: string | undefined, what: string | null): ItemName {
  return `${source} ${api}${what === null ? '' : ` ${what}`}`;
}

function count(counts: Map<ItemName, number>, item: ItemName): void {
  counts.set(item, (counts.get(item) ?? 0) + 1);
}

function total(replay: Pick<Replay, 'counts'>): number {
  return Object.values(replay.counts()).reduce((sum, count) => sum + count, 0);
}
