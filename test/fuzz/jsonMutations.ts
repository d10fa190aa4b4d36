import { below, type Random } from '../chaos/random.ts';
import { pick, type Mutation, type Sight } from './mutation.ts';

type Leaf = string | number | boolean | null;
type Json = Leaf | Json[] | { [key: string]: Json };

/** A place within a value: what holds it, and under which name. */
interface Place {
  readonly holder: Json[] | { [key: string]: Json };
  readonly at: number | string;
}

const NESTED = 'a very deep place';
const DEPTH = 50_000;

/** Texts that stand for no number, or for none that may be kept. */
const NO_NUMBERS = [
  'NaN',
  'Infinity',
  '-Infinity',
  '1e999',
  '0x1F',
  '１２',
  '1,234',
  '--',
  '+',
  '1.2.3',
  'abc',
];
const HUGE = [1e308, -1e308, 1e21, 2 ** 53 + 2, -1e15, 2 ** 63];
/** What the names of columns look like: another one is a column that is not there. */
const COLUMN_NAME = /^[a-z_]{2,30}$/;
const PROTOTYPE = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'];

/** Everything that is done to a value of JSON, wherever it came from. */
export const JSON_MUTATIONS: readonly Mutation<string>[] = [
  ofLeaf('a value of another type', 'seen', (leaf, random) =>
    pick<Json>(
      random,
      typeof leaf === 'string'
        ? [looksLikeNumber(leaf) ? false : 17, true, [], {}, [leaf]]
        : ['abc', true, [], {}, [leaf], { value: leaf }],
    ),
  ),
  ofLeaf('no number', 'seen', (leaf, random) =>
    looksLikeNumber(leaf) ? pick(random, NO_NUMBERS) : undefined,
  ),
  ofLeaf('a huge number', 'value', (leaf, random) => {
    if (!looksLikeNumber(leaf)) return undefined;
    const huge = pick(random, HUGE);
    return typeof leaf === 'string' ? String(huge) : huge;
  }),
  ofLeaf('a number of the other sign', 'value', (leaf) => {
    if (!looksLikeNumber(leaf) || Number(leaf) === 0) return undefined;
    return typeof leaf === 'string' ? String(-Number(leaf)) : -Number(leaf);
  }),
  ofLeaf('a digit changed', 'value', (leaf, random) => {
    if (leaf === null || typeof leaf === 'boolean') return undefined;
    const changed = otherDigit(String(leaf), random);
    if (changed === undefined) return undefined;
    return typeof leaf === 'number' ? Number(changed) : changed;
  }),
  ofLeaf('nothing in its place', 'loss', (leaf, random) =>
    leaf === null ? undefined : pick(random, [null, '']),
  ),
  ofLeaf('a very long text', 'value', (leaf) => (typeof leaf === 'string' ? 'x'.repeat(200_000) : undefined)),
  ofLeaf('characters that no text has', 'seen', (leaf, random) =>
    typeof leaf === 'string' && !COLUMN_NAME.test(leaf)
      ? leaf + pick(random, ['\0', '\ud800', '\udc00x', '\uffff\0'])
      : undefined,
  ),
  ofLeaf('a day that is none', 'value', (leaf, random) => movedDay(leaf, random)),
  ofLeaf('the name of another symbol', 'value', (leaf, random) => otherSymbol(leaf, random)),
  ofArray('a row left out', 'loss', (rows, random) => rows.toSpliced(below(random, rows.length), 1)),
  ofArray('a row twice', 'seen', (rows, random) => [...rows, rows[below(random, rows.length)] as Json]),
  ofArray('two rows swapped', 'value', (rows, random) => {
    const [one, other] = [below(random, rows.length), below(random, rows.length)];
    return rows.with(one, rows[other] as Json).with(other, rows[one] as Json);
  }),
  ofArray('a row twice, once with other values', 'value', (rows, random) => {
    const row = structuredClone(rows[below(random, rows.length)] as Json);
    const [place] = placesOf({ row }, random, false);
    if (place === undefined) return undefined;
    const leaf = at(place) as Leaf;
    put(place, looksLikeNumber(leaf) ? Number(leaf) + 1 : `${String(leaf)}1`);
    return [...rows, row];
  }),
  ofArray('half of the rows', 'loss', (rows) =>
    rows.length < 2 ? undefined : rows.slice(0, rows.length >> 1),
  ),
  ofArray('no row at all', 'loss', () => []),
  ofArray('an object instead of rows', 'seen', (rows) =>
    Object.fromEntries(rows.map((row, n) => [`${n}`, row])),
  ),
  ofCells('a cell too many', 'seen', (cells) => [...cells, '1']),
  ofCells('a cell too few', 'seen', (cells) => cells.slice(0, -1)),
  ofCells('two cells swapped', 'value', (cells, random) => {
    const [one, other] = [below(random, cells.length), below(random, cells.length)];
    return one === other ? undefined : cells.with(one, cells[other] as Json).with(other, cells[one] as Json);
  }),
  ofKey('a key left out', 'loss', () => undefined),
  ofKey('a key renamed', 'loss', (key) => `${key}_new`),
  ofKey('a key of every object', 'loss', (_, random) => pick(random, PROTOTYPE)),
  {
    name: 'two values swapped',
    sight: 'value',
    apply: (text, random) =>
      changed(text, (root) => {
        const object = placesOf(root, random, true).map(at).find(isObject);
        const keys = object === undefined ? [] : Object.keys(object);
        if (object === undefined || keys.length < 2) return false;
        const [one, other] = [pick(random, keys), pick(random, keys)];
        [object[one], object[other]] = [object[other] as Json, object[one] as Json];
        return one !== other;
      }),
  },
  {
    name: 'a very deep value',
    // in the place of the whole it is an answer without rows
    sight: 'loss',
    apply(text, random) {
      const marked = changed(text, (root) => {
        const place = pick(random, placesOf(root, random, true));
        put(place, NESTED);
        return true;
      });
      const [open, shut] = pick(random, [
        ['[', ']'],
        ['{"a":', '}'],
      ] as const);
      const deep = `${open.repeat(DEPTH)}1${shut.repeat(DEPTH)}`;
      return marked?.replace(JSON.stringify(NESTED), deep);
    },
  },
  {
    name: 'a word that JSON has not',
    sight: 'seen',
    apply(text, random) {
      const marked = changed(text, (root) => {
        const [place] = placesOf(root, random, false);
        if (place === undefined) return false;
        put(place, NESTED);
        return true;
      });
      return marked?.replace(
        JSON.stringify(NESTED),
        pick(random, ['NaN', 'Infinity', 'undefined', "'x'", '01', '.5']),
      );
    },
  },
];

function ofLeaf(
  name: string,
  sight: Sight,
  change: (leaf: Leaf, random: Random) => Json | undefined,
): Mutation<string> {
  return {
    name,
    sight,
    apply: (text, random) =>
      changed(text, (root) => {
        for (let tries = 0; tries < 20; tries++) {
          const place = placesOf(root, random, false)[0];
          const value = place && change(at(place) as Leaf, random);
          if (place === undefined || value === undefined) continue;
          put(place, value);
          return true;
        }
        return false;
      }),
  };
}

function ofArray(
  name: string,
  sight: Sight,
  change: (rows: Json[], random: Random) => Json | undefined,
): Mutation<string> {
  return ofHolder(name, sight, (value) => Array.isArray(value) && value.length > 0, change);
}

/** The inner arrays of a table, and the names of its columns. */
function ofCells(
  name: string,
  sight: Sight,
  change: (cells: Json[], random: Random) => Json | undefined,
): Mutation<string> {
  const isCell = (value: Json) =>
    value === null || (typeof value !== 'object' && !String(value).includes(','));
  const isCells = (value: Json) => Array.isArray(value) && value.length > 1 && value.every(isCell);
  return ofHolder(name, sight, isCells, change);
}

function ofHolder(
  name: string,
  sight: Sight,
  fits: (value: Json) => boolean,
  change: (value: Json[], random: Random) => Json | undefined,
): Mutation<string> {
  return {
    name,
    sight,
    apply: (text, random) =>
      changed(text, (root) => {
        const place = placesOf(root, random, true).find((one) => fits(at(one)));
        const value = place && change(at(place) as Json[], random);
        if (place === undefined || value === undefined) return false;
        put(place, value);
        return true;
      }),
  };
}

/** Gives a key another name, or none. */
function ofKey(
  name: string,
  sight: Sight,
  rename: (key: string, random: Random) => string | undefined,
): Mutation<string> {
  return {
    name,
    sight,
    apply: (text, random) =>
      changed(text, (root) => {
        const place = placesOf(root, random, true).find(
          (one) => isObject(at(one)) && Object.keys(at(one) as object).length > 0,
        );
        if (place === undefined) return false;
        const object = at(place) as { [key: string]: Json };
        const key = pick(random, Object.keys(object));
        const renamed = rename(key, random);
        const value = object[key] as Json;
        delete object[key];
        // an own key of this name, as JSON.parse makes it
        if (renamed !== undefined)
          Object.defineProperty(object, renamed, {
            value,
            enumerable: true,
            configurable: true,
            writable: true,
          });
        return true;
      }),
  };
}

/** The text with its value changed; undefined where it holds none, or nothing was found to change. */
function changed(text: string, change: (root: { value: Json }) => boolean): string | undefined {
  const start = text.search(/[[{]/);
  const end = Math.max(text.lastIndexOf(']'), text.lastIndexOf('}'));
  if (start < 0 || end < start) return undefined;
  let value: Json;
  try {
    value = JSON.parse(text.slice(start, end + 1)) as Json;
  } catch {
    return undefined;
  }
  const root = { value };
  return change(root) ? text.slice(0, start) + JSON.stringify(root.value) + text.slice(end + 1) : undefined;
}

/** The places on one way down through a value: all holders, outermost last, or the leaf alone. */
function placesOf(root: { [key: string]: Json }, random: Random, holders: boolean): Place[] {
  const way: Place[] = [];
  let holder: Json[] | { [key: string]: Json } = root;
  for (;;) {
    const names: readonly (number | string)[] = Array.isArray(holder) ? [] : Object.keys(holder);
    const count: number = Array.isArray(holder) ? holder.length : names.length;
    if (count === 0) break;
    const step: number = below(random, count);
    const place: Place = { holder, at: Array.isArray(holder) ? step : (names[step] as string) };
    const value: Json = at(place);
    way.unshift(place);
    if (value === null || typeof value !== 'object') break;
    holder = value;
  }
  const isHolder = (place: Place) => at(place) !== null && typeof at(place) === 'object';
  if (holders) {
    const found = way.filter(isHolder);
    // the deepest one is not always meant
    return found.length > 1 && random() < 0.3 ? found.slice(1) : found;
  }
  return way.filter((place) => !isHolder(place)).slice(0, 1);
}

function at({ holder, at: name }: Place): Json {
  return (holder as { [key: string]: Json })[String(name)] ?? null;
}

function put({ holder, at: name }: Place, value: Json): void {
  (holder as { [key: string]: Json })[String(name)] = value;
}

function isObject(value: Json): value is { [key: string]: Json } {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function looksLikeNumber(value: Json): boolean {
  if (typeof value === 'number') return true;
  return typeof value === 'string' && value !== '' && Number.isFinite(Number(value));
}

function otherDigit(text: string, random: Random): string | undefined {
  const places = [...text.matchAll(/\d/g)].map(({ index }) => index);
  if (places.length === 0) return undefined;
  const place = pick(random, places);
  const digit = (Number(text[place]) + 1 + below(random, 9)) % 10;
  return text.slice(0, place) + String(digit) + text.slice(place + 1);
}

const DAY = /^(\d{4})(-?)(\d\d)(-?)(\d\d)/;
const OTHER_DAYS = [
  ['2024', '07', '20'],
  ['2024', '02', '30'],
  ['2024', '13', '01'],
  ['1899', '12', '31'],
  ['2199', '01', '04'],
  ['2024', '10', '01'],
  ['0000', '00', '00'],
] as const;

function movedDay(leaf: Leaf, random: Random): Json | undefined {
  const text = String(leaf);
  const match = DAY.exec(text);
  if (match === null || (typeof leaf !== 'string' && typeof leaf !== 'number') || text.length > 30)
    return undefined;
  const [year, month, day] = pick(random, OTHER_DAYS);
  const moved = text.replace(DAY, `${year}${match[2]}${month}${match[4]}${day}`);
  return typeof leaf === 'number' ? Number(moved) : moved;
}

const CODE = /(?<!\d)(\d{6})(?!\d)/;
const OTHER_CODES = [
  '600000',
  '600519',
  '000001',
  '300750',
  '688981',
  '000300',
  '900901',
  '123456',
  '430047',
];

function otherSymbol(leaf: Leaf, random: Random): Json | undefined {
  if (typeof leaf !== 'string' || !CODE.test(leaf) || leaf.length > 12) return undefined;
  return leaf.replace(CODE, pick(random, OTHER_CODES));
}
