import { z } from 'zod';
import { malformedFrom, type OriginId } from './hosts.ts';

/** The text of a body in UTF-8; `malformed` where it is in another encoding. */
export function utf8Text(origin: OriginId, body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (cause) {
    throw malformedFrom(origin, 'the answer is not UTF-8.', cause);
  }
}

/** The text of a body in either encoding, for a service that has changed from one to the other. */
export function eitherText(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return gbkText(body);
  }
}

/** The text of a body in GBK. Names in it are never read, so that one broken name costs nothing. */
export function gbkText(body: Buffer): string {
  return new TextDecoder('gbk').decode(body);
}

/** What JSON says in the shape asked for; `malformed` for anything else. */
export function readJson<T>(origin: OriginId, text: string, shape: z.ZodType<T>): T {
  const outcome = shape.safeParse(parseJson(origin, text));
  if (outcome.success) return outcome.data;
  const [issue] = outcome.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw malformedFrom(
    origin,
    `its shape is not the known one (${where} ${issue?.message ?? ''}): ${excerpt(text)}`,
  );
}

/** JSON in the call of a function, `name({…})` with or without a semicolon, or assigned, `name={…}`. */
export function readWrappedJson<T>(origin: OriginId, text: string, shape: z.ZodType<T>): T {
  const inner = wrapped(text);
  if (inner === undefined) throw malformedFrom(origin, `no wrapped JSON: ${excerpt(text)}`);
  return readJson(origin, inner, shape);
}

/** Bodies are long, and one expression for all of this would try every place of each bracket for each comment. */
function wrapped(text: string): string | undefined {
  const [head, mark] = /^\s*(?:var\s+)?[\w$.]{1,100}\s*([(=])/.exec(text) ?? [];
  if (head === undefined) return undefined;
  let rest = text.slice(head.length).trimEnd();
  if (rest.endsWith('*/')) rest = rest.slice(0, Math.max(0, rest.lastIndexOf('/*'))).trimEnd();
  if (rest.endsWith(';')) rest = rest.slice(0, -1).trimEnd();
  if (mark === '=') return rest;
  return rest.endsWith(')') ? rest.slice(0, -1) : undefined;
}

function parseJson(origin: OriginId, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformedFrom(origin, `no JSON: ${excerpt(text)}`, cause);
  }
}

function excerpt(text: string): string {
  return JSON.stringify(text.trim().slice(0, 80).toWellFormed());
}

/** Rows of an interface: cells by name, whose reading is up to the caller. Null prototypes hold no surprise. */
export const cells = z
  .record(z.string().max(100), z.unknown())
  .transform((row): Cells => Object.assign(Object.create(null) as Cells, row));

export type Cells = Readonly<Record<string, unknown>>;
