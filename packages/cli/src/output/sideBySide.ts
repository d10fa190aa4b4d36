import { bold } from './style.ts';

/** Letters that take two columns on a terminal. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/;
const BETWEEN = '  ';

/** Two texts beside each other under their titles, each wrapped to half the width; their spaces stay. */
export function sideBySide(
  titles: readonly [string, string],
  texts: readonly [string, string],
  width: number,
): string {
  const each = Math.floor((width - BETWEEN.length) / 2);
  const [left, right] = [wrapped(texts[0], each), wrapped(texts[1], each)];
  const rows = Array.from({ length: Math.max(left.length, right.length) }, (_, at) =>
    `${padded(left[at] ?? '', each)}${BETWEEN}${right[at] ?? ''}`.trimEnd(),
  );
  const head = `${bold(titles[0])}${' '.repeat(Math.max(0, each - widthOf(titles[0])))}${BETWEEN}${bold(titles[1])}`;
  return [head, ...rows].join('\n');
}

function wrapped(text: string, width: number): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const parts = [''];
    for (const letter of line) {
      const part = parts.at(-1) ?? '';
      if (widthOf(part) + widthOf(letter) > width) parts.push(letter);
      else parts[parts.length - 1] = part + letter;
    }
    return parts;
  });
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

function widthOf(text: string): number {
  let width = 0;
  for (const letter of text) width += WIDE.test(letter) ? 2 : 1;
  return width;
}
