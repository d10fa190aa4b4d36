import type { Calendar } from '../calendar/calendar.ts';
import { Bitmap } from '../coverage/bitmap.ts';
import { DATASETS, keyColumns } from '../dataset/catalogue.ts';
import type { DatasetId, Row } from '../dataset/dataset.ts';
import { parseDay, plainDay, weekday } from '../day.ts';
import { parseSymbol, symbolOf, type Symbol } from '../symbol/symbol.ts';
import type { DayFacts, ListingFacts, RowContext, SymbolFacts } from './rule.ts';
import type { Fault } from './shape.ts';

/** A symbol, or the exchange of a calendar row. */
interface Owner extends SymbolFacts {
  readonly ordinal: number;
}

interface Day extends DayFacts {
  /** Owners that have a row on the day already, by ordinal. */
  readonly seen: Bitmap;
  /** The same where the key has further columns, as owner and their texts. */
  readonly seenTexts: Set<string>;
}

/** The context of the row read last; the same object for each row of the batch. */
interface MutableContext extends RowContext {
  symbol: Owner;
  day: Day;
}

const NO_OWNER: Owner = { symbol: symbolOf('000000.SH'), listing: undefined, listedFrom: -1, ordinal: 0 };

/**
 * The keys of one batch: each symbol and each day is looked up once, since a batch has many rows of one
 * or the other, and rows whose key came before are found.
 */
export class BatchKeys {
  readonly context: MutableContext;
  readonly #listingOf: (symbol: Symbol) => ListingFacts | undefined;
  readonly #ownerColumn: string;
  readonly #dayColumn: string | null;
  /** Columns of the key beside owner and day. */
  readonly #others: readonly string[];
  readonly #owners = new Map<string, Owner>();
  readonly #days = new Map<string, Day>();

  constructor(
    dataset: DatasetId,
    calendar: Calendar,
    listingOf: (symbol: Symbol) => ListingFacts | undefined,
  ) {
    const { owner, day: dayColumn } = keyColumns(dataset);
    this.#ownerColumn = owner;
    this.#dayColumn = dayColumn;
    this.#others = DATASETS[dataset].key.filter((column) => column !== owner && column !== dayColumn);
    this.#listingOf = listingOf;
    const day = {
      day: plainDay('1970-01-01'),
      isOpen: false,
      isWeekend: false,
      openIndex: 0,
      seen: new Bitmap(),
      seenTexts: new Set<string>(),
    };
    this.context = { calendar, symbol: NO_OWNER, day };
  }

  /** Sets the context to the row's key, or says what is wrong with the key. */
  read(row: Row): Fault | undefined {
    const owner = this.#ownerOf(row[this.#ownerColumn]);
    if (owner === undefined) return missing(row, this.#ownerColumn);
    this.context.symbol = owner;
    for (const column of this.#others) {
      const value = row[column];
      if (value === undefined || value === null || value === '') return missing(row, column);
    }
    if (this.#dayColumn === null) return undefined;
    const day = this.#dayOf(row[this.#dayColumn]);
    if (day === undefined) return missing(row, this.#dayColumn);
    this.context.day = day;
    return undefined;
  }

  /** Takes the key that was read last for its row, or says that another row has it. */
  claim(row: Row): Fault | undefined {
    const { symbol, day } = this.context;
    if (this.#others.length > 0) {
      const text = [symbol.ordinal, ...this.#others.map((column) => row[column])].join('\0');
      if (day.seenTexts.has(text)) return DUPLICATE;
      day.seenTexts.add(text);
      return undefined;
    }
    if (day.seen.has(symbol.ordinal)) return DUPLICATE;
    day.seen.add(symbol.ordinal);
    return undefined;
  }

  #ownerOf(value: Row[string] | undefined): Owner | undefined {
    if (typeof value !== 'string' || value === '') return undefined;
    return this.#owners.get(value) ?? this.#addOwner(value);
  }

  #addOwner(text: string): Owner | undefined {
    if (this.#ownerColumn !== 'symbol') return this.#keepOwner(text, NO_OWNER);
    const symbol = parseSymbol(text);
    if (symbol !== text) return undefined;
    const listing = this.#listingOf(symbol);
    const listDate = listing?.listDate ?? null;
    const listedFrom = listDate === null ? -1 : this.context.calendar.openIndex(listDate);
    return this.#keepOwner(text, { symbol, listing, listedFrom });
  }

  #keepOwner(text: string, facts: SymbolFacts): Owner {
    const owner = { ...facts, ordinal: this.#owners.size };
    this.#owners.set(text, owner);
    return owner;
  }

  #dayOf(value: Row[string] | undefined): Day | undefined {
    if (typeof value !== 'string') return undefined;
    return this.#days.get(value) ?? this.#addDay(value);
  }

  #addDay(text: string): Day | undefined {
    const day = parseDay(text);
    if (day !== text) return undefined;
    const { calendar } = this.context;
    const facts = {
      day,
      isOpen: calendar.isOpen(day),
      isWeekend: weekday(day) % 6 === 0,
      openIndex: calendar.openIndex(day),
      seen: new Bitmap(),
      seenTexts: new Set<string>(),
    };
    this.#days.set(text, facts);
    return facts;
  }
}

const DUPLICATE: Fault = { rule: 'duplicate_key', detail: 'an earlier row has the key' };

function missing(row: Row, column: string): Fault {
  return { rule: 'key_missing', detail: `${column} ${JSON.stringify(row[column]) ?? 'is not there'}` };
}
