import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { list, type Figures } from './report.ts';

const PAGE = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url));
const BEGIN = '<!-- figures of npm run chaos: begin -->';
const END = '<!-- figures of npm run chaos: end -->';

/** Puts the figures of this run between the marks of the page. */
export async function writeFigures(figures: Figures): Promise<void> {
  const page = await readFile(PAGE, 'utf8');
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin)
    throw new Error('docs/reliability.md lacks the marks between which the figures go');
  await writeFile(PAGE, `${page.slice(0, begin)}${BEGIN}\n\n${list(figures)}\n\n${page.slice(end)}`);
}
