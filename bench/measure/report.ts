/** Where a benchmark says what it found: lines for people, and raw figures for the file of results. */
export interface Report {
  line(text: string): void;
  /** The first row names the columns. */
  table(rows: readonly (readonly string[])[]): void;
  /** Raw figures under a name that is unique within the benchmark. */
  keep(name: string, figures: unknown): void;
}

export interface KeptReport extends Report {
  readonly kept: Readonly<Record<string, unknown>>;
}

export function createReport(print: (line: string) => void): KeptReport {
  const kept: Record<string, unknown> = {};
  return {
    kept,
    line: (text) => print(`  ${text}`),
    table(rows) {
      const widths = (rows[0] ?? []).map((_, column) =>
        Math.max(...rows.map((row) => row[column]?.length ?? 0)),
      );
      for (const row of rows) {
        const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
        print(`  ${cells.join('  ').trimEnd()}`);
      }
    },
    keep(name, figures) {
      if (Object.hasOwn(kept, name)) throw new TypeError(`the figures ${name} were kept before`);
      kept[name] = figures;
    },
  };
}
