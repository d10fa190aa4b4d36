/** Counts what was compared, and keeps the first differences to show. */
export class Comparison {
  readonly name: string;
  rows = 0;
  values = 0;
  differences = 0;
  /** Rows of the file that the database lacks. */
  lost = 0;
  /** Rows of the database that the file lacks. */
  extra = 0;
  /** Rows with at least one value that is not the file's. */
  wrong = 0;
  readonly examples: string[] = [];
  #wrongRow = '';
  readonly #startedAt = performance.now();

  constructor(name: string) {
    this.name = name;
  }

  /** Compares one value; doubles must be equal to the last bit. */
  value(where: string, column: string, expected: unknown, found: unknown): void {
    this.values++;
    if (Object.is(expected, found)) return;
    if (this.#wrongRow !== where) this.wrong++;
    this.#wrongRow = where;
    this.differ(`${where} ${column}: the file has ${String(expected)}, the database ${String(found)}`);
  }

  equal(what: string, expected: number, found: number): void {
    this.values++;
    if (expected !== found) this.differ(`${what}: expected ${expected}, found ${found}`);
  }

  lose(where: string): void {
    this.lost++;
    this.differ(`${where} is in the file and not in the database`);
  }

  exceed(where: string): void {
    this.extra++;
    this.differ(`${where} is in the database and not in the file`);
  }

  differ(text: string): void {
    this.differences++;
    if (this.examples.length < 10) this.examples.push(text);
  }

  report(): boolean {
    const seconds = ((performance.now() - this.#startedAt) / 1000).toFixed(1);
    const verdict = this.differences === 0 ? 'equal' : `${this.differences} DIFFER`;
    console.log(`${this.name}: ${this.rows} rows, ${this.values} values compared, ${verdict} (${seconds} s)`);
    for (const example of this.examples) console.log(`  ${example}`);
    return this.differences === 0;
  }
}
