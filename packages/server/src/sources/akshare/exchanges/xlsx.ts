import { unzipSync } from 'fflate';
import { SaxesParser } from 'saxes';
import { malformedFrom, type OriginId } from '../hosts.ts';

/** Unpacked bytes that a part of a workbook may have; a list of all stocks has less than a megabyte. */
const MOST_BYTES = 32 * 1024 * 1024;

const SHEET = 'xl/worksheets/sheet1.xml';
const STRINGS = 'xl/sharedStrings.xml';

/**
 * The first sheet of a workbook as rows of texts; empty cells are empty texts, at their place. Throws
 * `malformed` for anything that is no workbook, and for one whose parts are larger than any list.
 */
export function readXlsx(origin: OriginId, body: Buffer): readonly (readonly string[])[] {
  try {
    const parts = unzip(body);
    const sheet = parts[SHEET];
    if (sheet === undefined) throw new RangeError('there is no first sheet');
    return readSheet(text(sheet), readStrings(parts[STRINGS]));
  } catch (cause) {
    const message = cause instanceof Error ? cause.message.slice(0, 200) : '';
    throw malformedFrom(origin, `no workbook can be read (${message}).`, cause);
  }
}

function unzip(body: Buffer): Record<string, Uint8Array | undefined> {
  let bytes = 0;
  return unzipSync(body, {
    filter({ name, originalSize }) {
      if (name !== SHEET && name !== STRINGS) return false;
      bytes += originalSize;
      if (bytes > MOST_BYTES) throw new RangeError(`${name} has ${originalSize} bytes`);
      return true;
    },
  });
}

function text(part: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(part);
}

/** Texts that cells name by number; runs of one text in several formats are put together. */
function readStrings(part: Uint8Array | undefined): readonly string[] {
  const strings: string[] = [];
  if (part === undefined) return strings;
  let current = '';
  let inText = false;
  let inPhonetic = false;
  parseXml(text(part), {
    open(name) {
      if (name === 'si') current = '';
      if (name === 't') inText = true;
      if (name === 'rPh') inPhonetic = true;
    },
    text(piece) {
      if (inText && !inPhonetic) current += piece;
    },
    close(name) {
      if (name === 't') inText = false;
      if (name === 'rPh') inPhonetic = false;
      if (name === 'si') strings.push(current);
    },
  });
  return strings;
}

/** Columns that a sheet may have; a cell that claims to lie farther right is no list's. */
const MOST_COLUMNS = 200;

function readSheet(xml: string, strings: readonly string[]): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  let kind = '';
  let value = '';
  let inValue = false;
  parseXml(xml, {
    open(name, attributes) {
      if (name === 'row') row = [];
      if (name === 'c') {
        kind = attributes['t'] ?? '';
        at = attributes['r'] === undefined ? row.length : columnOf(attributes['r']);
        value = '';
      }
      if (name === 'v' || name === 't') inValue = true;
    },
    text(piece) {
      if (inValue) value += piece;
    },
    close(name) {
      if (name === 'v' || name === 't') inValue = false;
      if (name === 'row') rows.push(row);
      if (name !== 'c') return;
      while (row.length < at) row.push('');
      row[at] = kind === 's' ? sharedString(strings, value) : value;
    },
  });
  return rows;
}

function sharedString(strings: readonly string[], value: string): string {
  const string = /^\d{1,9}$/.test(value) ? strings[Number(value)] : undefined;
  if (string === undefined) throw new RangeError(`there is no text ${value.slice(0, 20)}`);
  return string;
}

/** @example columnOf('AB12') // 27 */
function columnOf(reference: string): number {
  let column = 0;
  for (const letter of /^[A-Z]{1,3}/.exec(reference)?.[0] ?? '')
    column = column * 26 + letter.charCodeAt(0) - 64;
  if (column < 1 || column > MOST_COLUMNS)
    throw new RangeError(`there is a cell at ${reference.slice(0, 20)}`);
  return column - 1;
}

interface XmlHandler {
  readonly open: (name: string, attributes: Readonly<Record<string, string>>) => void;
  readonly text: (piece: string) => void;
  readonly close: (name: string) => void;
}

/** Prefixes of names are left out; entities of a document's own are not resolved. */
function parseXml(xml: string, handler: XmlHandler): void {
  const local = (name: string) => name.slice(name.indexOf(':') + 1);
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => handler.open(local(name), attributes));
  parser.on('text', (piece) => handler.text(piece));
  parser.on('cdata', (piece) => handler.text(piece));
  parser.on('closetag', ({ name }) => handler.close(local(name)));
  parser.write(xml).close();
}

/** The rows below the heading, by the names of its columns; `malformed` where one of them is missing. */
export function rowsByHeading(
  origin: OriginId,
  sheet: readonly (readonly string[])[],
  names: readonly string[],
): readonly (readonly string[])[] {
  const heading = (sheet[0] ?? []).map((name) => name.trim());
  const places = names.map((name) => heading.indexOf(name));
  const missing = names.filter((_, index) => (places[index] ?? -1) < 0);
  if (missing.length > 0) throw malformedFrom(origin, `the sheet has no column ${missing.join(', ')}.`);
  return sheet
    .slice(1)
    .filter((row) => row.some((cell) => cell !== ''))
    .map((row) => places.map((at) => (row[at] ?? '').trim()));
}
