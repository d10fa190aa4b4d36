import { types } from 'pg';

/**
 * How values of the database come into the program, for the `types` of a pool; never set globally,
 * since other users of the driver in this process expect its own forms.
 *
 * | column | value |
 * |---|---|
 * | bigint | number; one beyond 2^53 throws, rather than lose digits |
 * | numeric | number |
 * | date | `'2024-01-31'` (`'infinity'` stays as it is) |
 * | timestamptz | epoch milliseconds; `±Infinity` for the infinities |
 * | timestamp, interval | the text of the server, since no zone or length is known |
 *
 * Arrays of these hold the same values. Everything else is as the driver gives it.
 */
export const columnTypes: { readonly getTypeParser: typeof types.getTypeParser } = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
    if (format === 'binary') return types.getTypeParser(oid, 'binary') as (value: string) => unknown;
    return PARSERS.get(oid) ?? (types.getTypeParser(oid) as (value: string) => unknown);
  },
};

const OID = { int8: 20, date: 1082, timestamp: 1114, timestamptz: 1184, interval: 1186, numeric: 1700 };
const ARRAY_OID = {
  int8: 1016,
  date: 1182,
  timestamp: 1115,
  timestamptz: 1185,
  interval: 1187,
  numeric: 1231,
};
const TEXT_ARRAY_OID = 1009;

const builtinInstant = types.getTypeParser(OID.timestamptz) as (text: string) => Date | number;
const builtinTexts = types.getTypeParser(TEXT_ARRAY_OID as number) as (text: string) => unknown;

const SCALARS: Readonly<Record<keyof typeof OID, (text: string) => unknown>> = {
  int8: safeInteger,
  numeric: Number,
  date: asText,
  timestamp: asText,
  interval: asText,
  timestamptz: (text) => builtinInstant(text).valueOf(),
};

const PARSERS: ReadonlyMap<number, (text: string) => unknown> = new Map(
  (Object.keys(OID) as (keyof typeof OID)[]).flatMap((name) => [
    [OID[name], SCALARS[name]] as const,
    [ARRAY_OID[name], (text: string) => mapNested(builtinTexts(text), SCALARS[name])] as const,
  ]),
);

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint beyond the exact numbers: ${text}`);
  return value;
}

function asText(text: string): string {
  return text;
}

function mapNested(value: unknown, parse: (text: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((member) => mapNested(member, parse));
  return typeof value === 'string' ? parse(value) : value;
}
