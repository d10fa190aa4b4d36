/** A file tree of planted violations, and what the linter has to say of each line. */

/** One line of source; `$` stands for a name of its own. */
export interface PlantedLine {
  readonly text: string;
  /** Rules that must report this line; none of the planted rules may report a line that names none. */
  readonly rules: readonly string[];
}

export interface PlantedFile {
  readonly path: string;
  readonly lines: readonly PlantedLine[];
}

/** Files of the same path made one, so that every kind of violation can be planted in every place. */
export function merged(files: readonly PlantedFile[]): PlantedFile[] {
  const byPath = Map.groupBy(files, (file) => file.path);
  return [...byPath].map(([path, same]) => ({ path, lines: same.flatMap((file) => file.lines) }));
}

/** The text of a planted file: line n of the plan is line n of the file. */
export function sourceOf(file: PlantedFile): string {
  return file.lines.map((line, index) => `${line.text.replaceAll('$', `v${index}`)}\n`).join('');
}
