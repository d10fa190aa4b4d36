/** Markdown as the formatter of the repository leaves it, so that pages do not change when they are formatted. */

/** A table with its columns aligned; cells hold plain letters, whose width is their number. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((name, at) =>
    Math.max(3, name.length, ...rows.map((row) => (row[at] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

export function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

export const code = (text: string): string => `\`${text}\``;

/** A page of blocks, with a note on its origin below the title. */
export function page(title: string, blocks: readonly string[]): string {
  const note = `<!-- Made by \`npm run docs\`; change what it is made of, not this page. -->`;
  return `${[`# ${title}`, note, ...blocks].join('\n\n')}\n`;
}
