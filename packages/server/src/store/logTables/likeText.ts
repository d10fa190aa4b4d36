/** A pattern for LIKE that finds a text anywhere; nothing in the text stands for anything else. */
export function likeText(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}
