import { AppError } from '@tapekeeper/core';
import type { Upstream } from '../watch.ts';
import { SEPARATOR } from './frame.ts';

/** The fields of an answer's body. */
export type BaostockReply =
  | { readonly kind: 'ok'; readonly parts: readonly string[] }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

/** One page of a table; every cell is a text, the empty one meaning nothing. */
export interface BaostockPage {
  readonly columns: readonly string[];
  /** Rows in a full page, as the server says; smaller than asked for where it caps its pages. */
  readonly pageRows: number;
  readonly records: readonly (readonly string[])[];
}

const CODE = /^\d{1,10}$/;

/**
 * Splits the body of an answer to `method`. Of a refusal only code and text are looked at, since nothing
 * need follow them; any other answer that echoes another method belongs to another question: `malformed`.
 */
export function readReply(upstream: Upstream, body: string, asked: string): BaostockReply {
  const parts = body.split(SEPARATOR);
  const [code = '', message = '', method = ''] = parts;
  if (!CODE.test(code)) throw malformed(upstream, 'the answer has no code.');
  if (code !== '0') return { kind: 'refused', code, message: message.slice(0, 300).toWellFormed() };
  if (method !== asked) throw malformed(upstream, `asked for ${asked}, it answers ${method.slice(0, 60)}.`);
  return { kind: 'ok', parts };
}

/** Places of the page's number, of its size and of the rows. */
const PAGE_PART = 4;
const SIZE_PART = 5;
const RECORD_PART = 6;

/**
 * The table in an answer, the names of its columns in part `columnsPart` of it. Any shape but rows of
 * texts under named columns, and any other page, is `malformed`.
 */
export function readPage(
  upstream: Upstream,
  parts: readonly string[],
  page: number,
  columnsPart: number,
): BaostockPage {
  if (parts[PAGE_PART] !== String(page))
    throw malformed(upstream, `asked for page ${page}, it answers another.`);
  const header = parts.at(columnsPart);
  if (header === undefined) throw malformed(upstream, 'the answer breaks off.');
  const columns = header.split(',').map((name) => name.trim());
  const records = readRecords(upstream, parts[RECORD_PART] ?? '');
  for (const record of records) {
    if (
      !Array.isArray(record) ||
      record.length !== columns.length ||
      !record.every((cell) => typeof cell === 'string')
    ) {
      throw malformed(upstream, `a row is not ${columns.length} texts.`);
    }
  }
  const pageRows = Number(parts[SIZE_PART]);
  if (!Number.isSafeInteger(pageRows) || pageRows < 1) throw malformed(upstream, 'the page has no size.');
  return { columns, pageRows, records: records as readonly (readonly string[])[] };
}

function readRecords(upstream: Upstream, text: string): readonly unknown[] {
  if (text.trim() === '') return [];
  const json = parseJson(upstream, text);
  const record =
    typeof json === 'object' && json !== null && Object.hasOwn(json, 'record') && 'record' in json
      ? json.record
      : undefined;
  if (!Array.isArray(record)) throw malformed(upstream, 'the answer holds no rows.');
  return record;
}

function parseJson(upstream: Upstream, text: string): unknown {
  try {
    // Line breaks and tabs stand in names as they are, where JSON allows none.
    return JSON.parse(text.replaceAll(/[\t\r\n]/g, ' '));
  } catch (cause) {
    throw malformed(upstream, 'the rows are not JSON.', cause);
  }
}

function malformed(upstream: Upstream, message: string, cause?: unknown): AppError {
  return new AppError('malformed', { ...upstream, message }, cause);
}
