import { DATASETS, keyColumns, type Column, type PlainDay } from '@tapekeeper/core';
import type { RowFilter, RowQuery, SymbolDay } from '../../ports/dataReader.ts';
import { sql, type RawBuilder } from '../connection.ts';

type Part = RawBuilder<unknown>;

/** The rows of a query. */
export function rowStatement(query: RowQuery): Part {
  const { limit, offset } = query;
  return sql`
    SELECT ${selected(query.dataset, query.columns, 't')} FROM ${versions(query)} AS t
    ORDER BY ${orderOf(query)} ${limit === undefined ? sql`` : sql`LIMIT ${limit}`}
    ${offset === undefined || offset === 0 ? sql`` : sql`OFFSET ${offset}`}`;
}

export function countStatement(query: RowQuery): Part {
  const { day } = keyColumns(query.dataset);
  const ends =
    day === null
      ? sql`NULL::date AS first, NULL::date AS last`
      : sql`min(${sql.ref(`t.${day}`)}) AS first, max(${sql.ref(`t.${day}`)}) AS last`;
  return sql`SELECT count(*) AS rows, ${ends} FROM ${versions(query)} AS t`;
}

/** One look into the index a symbol, whatever lies before the day. */
export function lastBeforeStatement(query: RowQuery, before: PlainDay | readonly SymbolDay[]): Part {
  const named = query.filters.find((filter) => filter.column === 'symbol');
  const others = { ...query, filters: query.filters.filter((filter) => filter !== named) };
  const earlier = [sql`r.symbol = i.symbol`, sql`r.trade_date < i.before`];
  return sql`
    SELECT ${selected(query.dataset, query.columns, 'b')} FROM ${placesOf(named, before)}
    CROSS JOIN LATERAL (
      SELECT * FROM ${versions(others, earlier)} AS v ORDER BY v.trade_date DESC LIMIT 1) AS b
    ORDER BY b.symbol`;
}

function placesOf(named: RowFilter | undefined, before: PlainDay | readonly SymbolDay[]): Part {
  if (typeof before !== 'string') {
    const symbols = before.map((place) => place.symbol);
    return sql`unnest(${symbols}::text[], ${before.map((place) => place.day)}::date[]) AS i (symbol, before)`;
  }
  return named !== undefined && 'anyOf' in named
    ? sql`(SELECT symbol, ${before}::date AS before FROM unnest(${[...named.anyOf]}::text[]) AS u (symbol)) AS i`
    : sql`(SELECT symbol, ${before}::date AS before FROM tapekeeper.instrument) AS i`;
}

/** JSON comes as its text, so that every value of a row is a plain one. */
function selected(dataset: RowQuery['dataset'], names: readonly string[], from: string): Part {
  const columns = names.map((name) => {
    const ref = sql.ref(`${from}.${name}`);
    return columnOf(dataset, name).type === 'json' ? sql`${ref}::text AS ${sql.ref(name)}` : ref;
  });
  return sql.join(columns);
}

/**
 * The rows as they were believed at the instant: those that have not changed since, and of the others the
 * revision of that time. Without an instant it is the table.
 */
function versions(query: RowQuery, also: readonly Part[] = []): Part {
  const table = sql.table(`market.${query.dataset}`);
  const conditions = [
    ...query.filters.map((filter) => conditionOf(query, filter)),
    ...behindOf(query),
    ...also,
  ];
  const where = (parts: readonly Part[]): Part =>
    parts.length === 0 ? sql`` : sql`WHERE ${sql.join([...parts], sql` AND `)}`;
  if (query.asOf === null) return sql`(SELECT r.* FROM ${table} AS r ${where(conditions)})`;
  const at = sql`to_timestamp(${query.asOf}::double precision / 1000)`;
  const revised = [
    sql`v.dataset = ${query.dataset}`,
    sql`v.known_from <= ${at}`,
    sql`v.known_until > ${at}`,
    ...query.filters.flatMap((filter) => revisionFilter(query, filter)),
  ];
  return sql`(
    SELECT r.* FROM ${table} AS r ${where([...conditions, sql`r.known_at <= ${at}`])}
    UNION ALL
    SELECT r.* FROM tapekeeper.revision AS v
    CROSS JOIN LATERAL jsonb_populate_record(NULL::${table}, v.was) AS r ${where([...revised, ...conditions])})`;
}

/** Revisions are found by owner and day without reading what they hold. */
function revisionFilter({ dataset }: RowQuery, filter: RowFilter): Part[] {
  const { owner, day } = keyColumns(dataset);
  if (filter.column === owner && 'anyOf' in filter)
    return [sql`v.symbol = ANY(${[...filter.anyOf]}::text[])`];
  if (filter.column !== day || 'anyOf' in filter) return [];
  return [
    ...(filter.from === undefined ? [] : [sql`v.day >= ${filter.from}::date`]),
    ...(filter.to === undefined ? [] : [sql`v.day <= ${filter.to}::date`]),
  ];
}

function conditionOf({ dataset }: RowQuery, filter: RowFilter): Part {
  const column = columnOf(dataset, filter.column);
  const ref = sql.ref(`r.${column.name}`);
  if ('anyOf' in filter) {
    // one value is compared as such: it lets the server leave out partitions while it plans
    const [only] = filter.anyOf;
    if (filter.anyOf.length === 1 && only !== undefined) return sql`${ref} = ${typed(column, only)}`;
    return sql`${ref} = ANY(${[...filter.anyOf]}::${sql.raw(arrayTypeOf(column))})`;
  }
  const { from, to } = filter;
  const ends = [
    ...(from === undefined ? [] : [sql`${ref} >= ${typed(column, from)}`]),
    ...(to === undefined ? [] : [sql`${ref} <= ${typed(column, to)}`]),
  ];
  return ends.length === 0 ? sql`true` : sql`(${sql.join(ends, sql` AND `)})`;
}

function behindOf({ dataset, behind }: RowQuery): Part[] {
  if (behind === undefined) return [];
  const key = DATASETS[dataset].key.slice(0, behind.values.length).map((name) => columnOf(dataset, name));
  const left = sql.join(key.map((column) => sql.ref(`r.${column.name}`)));
  const right = sql.join(behind.values.map((value, at) => typed(key[at] as Column, value)));
  return [behind.inclusive ? sql`(${left}) >= (${right})` : sql`(${left}) > (${right})`];
}

function orderOf({ dataset, newest }: RowQuery): Part {
  const key = DATASETS[dataset].key.filter((name) => name !== newest).map((name) => sql.ref(`t.${name}`));
  return sql.join(newest === undefined ? key : [sql`${sql.ref(`t.${newest}`)} DESC NULLS LAST`, ...key]);
}

/** Beside the columns of the catalogue every row says who gave it. */
const SOURCE: Column = { name: 'source', type: 'text', unit: '', about: 'source of the row' };

function columnOf(dataset: RowQuery['dataset'], name: string): Column {
  if (name === SOURCE.name) return SOURCE;
  const column = DATASETS[dataset].columns.find((one) => one.name === name);
  if (column === undefined) throw new RangeError(`${dataset} has no column ${name}`);
  return column;
}

function typed(column: Column, value: string | number): Part {
  if (column.type === 'instant') return sql`to_timestamp(${Number(value)}::double precision / 1000)`;
  return sql`${String(value)}::${sql.raw(typeOf(column))}`;
}

function typeOf({ type }: Column): string {
  const names: Partial<Record<Column['type'], string>> = {
    day: 'date',
    bigint: 'bigint',
    double: 'double precision',
    boolean: 'boolean',
  };
  return names[type] ?? 'text';
}

function arrayTypeOf(column: Column): string {
  return `${typeOf(column)}[]`;
}
