import { AppError } from '../error/appError.ts';

/** A line with quotes in it may span several; no honest one is longer. */
const LONGEST_ROW = 65_536;

/**
 * Takes a CSV text piece by piece (RFC 4180; the separator is a comma, a tab or a semicolon, whichever the
 * first line has) and gives its rows as cells. Empty lines are no rows.
 * @example new CsvRows().push('a,b\n1,"2,3"\n') // [['a', 'b'], ['1', '2,3']]
 */
export class CsvRows {
  #rest = '';
  #separator: string | undefined;

  /** The rows that are whole by now. Raises `import_malformed`. */
  push(text: string): string[][] {
    this.#rest += text;
    return this.#take(false);
  }

  /** What is left when the text is over. Raises `import_malformed`. */
  end(): string[][] {
    if (this.#rest !== '') this.#rest += '\n';
    return this.#take(true);
  }

  #take(isLast: boolean): string[][] {
    const rows: string[][] = [];
    let from = 0;
    for (;;) {
      const end = this.#rowEnd(from);
      if (end < 0) break;
      const line = this.#rest.slice(from, this.#rest[end - 1] === '\r' ? Math.max(from, end - 1) : end);
      from = end + 1;
      if (line.trim() === '') continue;
      this.#separator ??= separatorOf(line);
      rows.push(cellsOf(line, this.#separator));
    }
    this.#rest = this.#rest.slice(from);
    if (this.#rest.length > LONGEST_ROW || (isLast && this.#rest !== ''))
      throw new AppError('import_malformed', {
        problem: 'a quote in it is never closed, or a line is too long',
      });
    return rows;
  }

  /** Place of the line break that ends the row; -1 where it has not come yet. */
  #rowEnd(from: number): number {
    let end = this.#rest.indexOf('\n', from);
    let quote = this.#rest.indexOf('"', from);
    while (end >= 0 && quote >= 0 && quote < end) {
      const close = this.#rest.indexOf('"', quote + 1);
      if (close < 0) return -1;
      if (end < close) end = this.#rest.indexOf('\n', close);
      quote = this.#rest.indexOf('"', close + 1);
    }
    return end;
  }
}

function separatorOf(line: string): string {
  const counts = [',', '\t', ';'].map((one) => [one, line.split(one).length] as const);
  return counts.toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? ',';
}

function cellsOf(line: string, separator: string): string[] {
  if (!line.includes('"')) return line.split(separator);
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const letter = line[at] as string;
    if (quoted && letter === '"' && line[at + 1] === '"') {
      cell += '"';
      at++;
    } else if (letter === '"') quoted = !quoted;
    else if (letter === separator && !quoted) {
      cells.push(cell);
      cell = '';
    } else cell += letter;
  }
  cells.push(cell);
  return cells;
}
