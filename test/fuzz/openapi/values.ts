import fc, { type Arbitrary } from 'fast-check';
import { resolved, type ApiDocument, type Schema } from './document.ts';

/**
 * Words that mean something to an installation, by the name of the field: without them all is refused at the door.
 * Those of a name behind a beginning of paths, `/v1/runs id`, are meant for these paths alone.
 */
export type Hints = Readonly<Record<string, readonly unknown[]>>;

const DEEPEST = 6;
const LONGEST_LIST = 4;

/** Texts that break what is careless with them. */
export const HOSTILE: readonly string[] = [
  '',
  ' ',
  "' OR 1=1 --",
  '"; DROP TABLE tapekeeper.run; --',
  '../../etc/passwd',
  'a\u0000b',
  '\ud800x',
  '%',
  '_',
  '\\',
  '<img src=x onerror=alert(1)>',
  '=cmd|calc',
  '名称\u{1f600}',
  'a\u0301',
  '\u202e',
  '__proto__',
  'constructor',
  'null',
  'NaN',
  '-1',
  '1e309',
  '9007199254740993',
  '2024-02-30',
  '0000-00-00',
  '0001-01-01',
  '9999-12-31',
  '9999-12-31T23:59:59.999Z',
];

/** Values of a schema: those that mean something, those at its edges, and any others. */
export function valuesOf(
  document: ApiDocument,
  schema: Schema,
  hints: Hints,
  name = '',
  depth = 0,
): Arbitrary<unknown> {
  const plain = resolved(document, schema);
  const hinted = hints[name];
  const inner = plainValues(document, plain, hints, name, depth);
  const type = [plain.type].flat()[0];
  const kind = type === 'string' || type === 'integer' ? 'scalar' : type;
  const words = hinted?.filter((word) => kind === (typeof word === 'object' ? 'object' : 'scalar')) ?? [];
  return words.length === 0
    ? inner
    : fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...words) }, { weight: 1, arbitrary: inner });
}

function plainValues(
  document: ApiDocument,
  schema: Schema,
  hints: Hints,
  name: string,
  depth: number,
): Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const union = schema.anyOf ?? schema.oneOf;
  if (union !== undefined)
    return fc.oneof(...union.map((one) => valuesOf(document, one, hints, name, depth + 1)));
  switch ([schema.type].flat()[0] ?? 'any') {
    case 'string':
      return textsOf(schema);
    case 'integer':
    case 'number':
      return numbersOf(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valuesOf(document, schema.items ?? {}, hints, name, depth + 1), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.max(schema.minItems ?? 0, depth > DEEPEST ? 0 : LONGEST_LIST),
      });
    case 'object':
      return objectsOf(document, schema, hints, depth);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function textsOf({ pattern, format, minLength = 0, maxLength = 40 }: Schema): Arbitrary<unknown> {
  if (format === 'date-time') return fc.constantFrom('2024-01-05T00:00:00Z', '1970-01-01T00:00:00.000Z');
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  const fitting = HOSTILE.filter(({ length }) => length >= minLength && length <= maxLength);
  const any = fc.string({
    minLength,
    maxLength: Math.max(minLength, Math.min(maxLength, 40)),
    unit: 'grapheme',
  });
  const longest = fc.constant('x'.repeat(Math.min(maxLength, 5_000)));
  return fitting.length === 0 ? fc.oneof(any, longest) : fc.oneof(fc.constantFrom(...fitting), any, longest);
}

function numbersOf(schema: Schema): Arbitrary<unknown> {
  const isWhole = schema.type === 'integer';
  const least =
    schema.minimum ?? (schema.exclusiveMinimum === undefined ? -(2 ** 53 - 1) : schema.exclusiveMinimum + 1);
  const most =
    schema.maximum ?? (schema.exclusiveMaximum === undefined ? 2 ** 53 - 1 : schema.exclusiveMaximum - 1);
  const edges = [least, most, 0, 1, 2, 2 ** 31 - 1, 2 ** 31, 2 ** 53 - 1].filter(
    (one) => one >= least && one <= most,
  );
  const small = fc.integer({ min: Math.max(least, -1_000), max: Math.min(most, 1_000) });
  const any = isWhole
    ? fc.maxSafeInteger().map((one) => Math.min(most, Math.max(least, one)))
    : fc.double({ min: least, max: most, noNaN: true });
  return fc.oneof(fc.constantFrom(...edges), small, any);
}

function objectsOf(document: ApiDocument, schema: Schema, hints: Hints, depth: number): Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties, propertyNames } = schema;
  const fields = Object.entries(properties).filter(([field]) => depth <= DEEPEST || required.includes(field));
  const known = fc.record(
    Object.fromEntries(
      fields.map(([field, one]) => [field, valuesOf(document, one, hints, field, depth + 1)]),
    ),
    { requiredKeys: fields.map(([field]) => field).filter((field) => required.includes(field)) },
  );
  if (typeof additionalProperties !== 'object') return known;
  const keys = valuesOf(document, propertyNames ?? { type: 'string', maxLength: 10 }, hints, '', depth + 1);
  const more = valuesOf(document, additionalProperties, hints, '', depth + 1);
  return fc
    .tuple(known, fc.dictionary(keys as Arbitrary<string>, more, { maxKeys: 3 }))
    .map(([own, others]) => ({ ...others, ...own }));
}
