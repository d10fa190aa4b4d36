/** A table of texts with named columns; every row has a cell for each column. */
export interface CsvTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/**
 * Reads a small CSV text with a header line; cells may be quoted, quotes inside them doubled.
 * Throws an Error that names the line when a row has another number of cells than the header.
 * @example parseCsv('a,b\n1,"x, y"\n').rows // [['1', 'x, y']]
 */
export function parseCsv(text: string): CsvTable {
  const [columns, ...rows] = lines(text);
  if (columns === undefined) throw new Error('it is empty');
  rows.forEach((row, index) => {
    if (row.length === columns.length) return;
    throw new Error(`line ${index + 2} has ${row.length} cells instead of ${columns.length}`);
  });
  return { columns, rows };
}

/** A cell as it must be written so that `parseCsv` reads it back. */
export function csvCell(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

function lines(text: string): string[][] {
  const rows: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const row: string[] = [];
    for (;;) {
      const cell = text[at] === '"' ? quoted(text, at) : bare(text, at);
      row.push(cell.value);
      at = cell.end;
      if (text[at] !== ',') break;
      at += 1;
    }
    if (text[at] === '\r') at += 1;
    if (at < text.length && text[at] !== '\n')
      throw new Error(`line ${rows.length + 1} has text after a quoted cell`);
    at += 1;
    if (row.length > 1 || row[0] !== '') rows.push(row);
  }
  return rows;
}

interface Cell {
  readonly value: string;
  /** Position after the cell. */
  readonly end: number;
}

const BARE_END = /[,\r\n]/g;

function bare(text: string, start: number): Cell {
  BARE_END.lastIndex = start;
  const end = BARE_END.exec(text)?.index ?? text.length;
  return { value: text.slice(start, end), end };
}

function quoted(text: string, start: number): Cell {
  let close = text.indexOf('"', start + 1);
  while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
  if (close < 0) throw new Error('a quoted cell has no end');
  return { value: text.slice(start + 1, close).replaceAll('""', '"'), end: close + 1 };
}
