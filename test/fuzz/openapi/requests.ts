import fc, { type Arbitrary } from 'fast-check';
import type { ApiDocument, Operation, Parameter } from './document.ts';
import { HOSTILE, valuesOf, type Hints } from './values.ts';

/** A request of an operation, as it is sent. */
export interface FuzzedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string | undefined;
}

/** A value that stands in for one at some place of a request. */
const WRONG: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, true, 0, -1, 0.5, 2 ** 31, 2 ** 53, 1e308, [], {}, [[]], { a: 1 }),
  fc.constantFrom('\u0000', 'a\u0000b', '\ud800', '\udfff\ud800', 'x'.repeat(70_000)),
  fc.constantFrom(...HOSTILE),
);

/** What is changed of a valid request: a place, counted through all there are, and what happens there. */
interface Mutation {
  readonly place: number;
  readonly how: 'replace' | 'remove' | 'add';
  readonly value: unknown;
}

/** Three of four requests follow the document; every fourth does but for one place of its body or its parameters. */
export function requestsOf(
  document: ApiDocument,
  operation: Operation,
  hints: Hints,
): Arbitrary<FuzzedRequest> {
  const own = hintsOf(operation, hints);
  const parameters = fc.tuple(
    ...operation.parameters.map((parameter) => parameterValues(document, parameter, own)),
  );
  const body =
    operation.body === undefined ? fc.constant(undefined) : valuesOf(document, operation.body, own, 'body');
  const mutation: Arbitrary<Mutation> = fc.record({
    place: fc.nat(1_000),
    how: fc.constantFrom('replace', 'remove', 'add'),
    value: WRONG,
  });
  const seldom = fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: mutation });
  return fc.tuple(parameters, body, seldom).map(([values, payload, change]) => {
    const changesBody = change !== null && payload !== undefined && change.place % 3 !== 0;
    return requestOf(
      operation,
      changesBody || change === null ? values : mutateList(values, change),
      changesBody ? mutated(payload, change) : payload,
    );
  });
}

function parameterValues(
  document: ApiDocument,
  { name, schema, required }: Parameter,
  hints: Hints,
): Arbitrary<unknown> {
  const values = valuesOf(document, schema, hints, name);
  return required === true ? values : fc.option(values, { nil: undefined, freq: 1 });
}

/** What is meant for the paths that begin alike goes before what is meant for all: `/v1/runs id` before `id`. */
function hintsOf({ path }: Operation, hints: Hints): Hints {
  const own = Object.entries(hints).flatMap(([key, words]) => {
    const [beginning = '', name] = key.split(' ');
    return name !== undefined && path.startsWith(beginning) ? [[name, words] as const] : [];
  });
  return { ...hints, ...Object.fromEntries(own) };
}

function requestOf(
  { method, path, parameters }: Operation,
  values: readonly unknown[],
  payload: unknown,
): FuzzedRequest {
  let url = path;
  const query: string[] = [];
  const headers: Record<string, string> = {};
  parameters.forEach(({ name, in: place }, at) => {
    const value = values[at];
    if (value === undefined) return;
    const text = encoded(value);
    if (place === 'path') url = url.replace(`{${name}}`, text);
    else if (place === 'query') query.push(`${name}=${text}`);
    else headers[name] = decodeURIComponent(text).replaceAll(/[^\x20-\x7e]/g, '?');
  });
  return {
    method,
    url: query.length === 0 ? url : `${url}?${query.join('&')}`,
    headers: payload === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    payload: payload === undefined ? undefined : JSON.stringify(payload),
  };
}

function encoded(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return encodeURIComponent(text.toWellFormed());
}

function mutateList(values: readonly unknown[], { place, value }: Mutation): readonly unknown[] {
  const at = values.length === 0 ? -1 : place % values.length;
  return values.map((one, index) => (index === at ? value : one));
}

/** The same value but for one place in it. */
function mutated(value: unknown, mutation: Mutation): unknown {
  let left = mutation.place % Math.max(1, placesOf(value));
  const walk = (one: unknown): unknown => {
    if (left-- === 0 && mutation.how === 'replace') return mutation.value;
    if (Array.isArray(one)) return one.map(walk);
    if (typeof one !== 'object' || one === null) return one;
    const entries = Object.entries(one).map(([key, inner]): [string, unknown] => [key, walk(inner)]);
    if (mutation.how === 'remove') entries.splice(mutation.place % Math.max(1, entries.length), 1);
    if (mutation.how === 'add') entries.push([`x${mutation.place}`, mutation.value]);
    return Object.fromEntries(entries);
  };
  return walk(value);
}

function placesOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, one) => sum + placesOf(one), 1);
}
