import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { list, type Lines } from './report.ts';

const PAGE = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url));

/** Puts the figures of a part between its marks on the page. */
export async function writeFigures(part: string, lines: Lines): Promise<void> {
  const page = await readFile(PAGE, 'utf8');
  const [beginMark, endMark] = ['begin', 'end'].map((side) => `<!-- figures of ${part}: ${side} -->`) as [
    string,
    string,
  ];
  const begin = page.indexOf(beginMark);
  const end = page.indexOf(endMark);
  if (begin < 0 || end < begin)
    throw new Error(`docs/reliability.md lacks the marks between which the figures of ${part} go`);
  await writeFile(PAGE, `${page.slice(0, begin)}${beginMark}\n\n${list(lines)}\n\n${page.slice(end)}`);
}
