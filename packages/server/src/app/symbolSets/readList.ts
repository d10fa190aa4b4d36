import type { Written } from './readSymbols.ts';

/** Names that a column of symbols has in the files of other programs. */
const HEADS: ReadonlySet<string> = new Set([
  'symbol',
  'symbols',
  'ts_code',
  'code',
  'stock_code',
  'secid',
  'ticker',
  '代码',
  '证券代码',
  '股票代码',
]);

const SEPARATORS = /[,;\t]/;
/** Anything with six digits may be meant as a symbol. */
const LIKE_A_SYMBOL = /\d{6}/;

/**
 * The symbols that a text or CSV file names. With a head that names a column of symbols, that column;
 * else of each line the first part and what looks like a symbol behind it, so that names and remarks do
 * no harm. `#` begins a remark.
 * @example readList('代码,名称\n600000.SH,浦发银行') // [{ text: '600000.SH', line: 2 }]
 */
export function readList(text: string): readonly Written[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  let column: number | undefined;
  let isFirst = true;
  return lines.flatMap((whole, at): Written[] => {
    const line = whole.replace(/#.*$/, '').trim();
    if (line === '') return [];
    const parts = partsOf(line);
    if (isFirst) {
      isFirst = false;
      const head = parts.findIndex((part) => HEADS.has(part.toLowerCase()));
      if (head >= 0) {
        column = head;
        return [];
      }
    }
    if (column !== undefined) return [{ text: parts[column] ?? '', line: at + 1 }];
    return parts
      .filter((part, place) => part !== '' && (place === 0 || LIKE_A_SYMBOL.test(part)))
      .map((part) => ({ text: part, line: at + 1 }));
  });
}

/** Parts of a line by its separators, or by blanks where it has none; quotes around a part fall off. */
function partsOf(line: string): readonly string[] {
  const parts = SEPARATORS.test(line) ? line.split(SEPARATORS) : line.split(/\s+/);
  return parts.map((part) =>
    part
      .trim()
      .replace(/^(["'])(.*)\1$/, '$2')
      .trim(),
  );
}
