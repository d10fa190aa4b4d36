import type { Bilingual } from './bilingual.ts';

/** `tapekeeper import`. */
export const IMPORT_TEXTS = {
  'help.import': {
    en: 'bring in the rows of a CSV file; what is stored stays unless told otherwise',
    zh: '导入 CSV 文件中的数据；默认不改动已有数据',
  },
  'argument.importFile': {
    en: 'CSV in UTF-8 or GBK, packed with gzip or not',
    zh: 'CSV 文件（UTF-8 或 GBK，可用 gzip 压缩）',
  },
  'option.importDataset': { en: 'data set that the rows are of', zh: '数据所属的数据集' },
  'option.volumeUnit': {
    en: 'what volumes count, where the head does not tell',
    zh: '成交量单位（列名无法判断时）：股或手',
  },
  'option.amountUnit': {
    en: 'what amounts are written in, where the head does not tell',
    zh: '成交额单位（列名无法判断时）：元或千元',
  },
  'option.importSymbol': {
    en: 'whose rows they are, of a file without a column of symbols',
    zh: '文件中没有代码列时，指明数据所属的代码',
  },
  'option.importReplace': {
    en: 'let values of the file go before stored ones, which stay as revisions',
    zh: '以文件中的值替换已有值，旧值保留为修订',
  },
  'option.importDryRun': { en: 'only tell what would be written', zh: '仅说明将写入的内容，不写入' },
  'import.unreadable': { en: 'the file {file} cannot be read.', zh: '无法读取文件 {file}。' },
  'import.done': {
    en: '{rows} rows of {symbols} symbols, {from} to {to}: {written} written, {unchanged} unchanged, {kept} differ from stored ones and were left out, {refused} refused (run {run}).',
    zh: '{symbols} 个代码共 {rows} 行，{from} 至 {to}：写入 {written}，未变 {unchanged}，与已有值不同而未采用 {kept}，未通过校验 {refused}（运行 {run}）。',
  },
  'import.would': {
    en: '{rows} rows of {symbols} symbols, {from} to {to}: {written} would be written, {unchanged} are the same, {kept} differ from stored ones and would be left out, {refused} would be refused. Nothing was written.',
    zh: '{symbols} 个代码共 {rows} 行，{from} 至 {to}：将写入 {written}，相同 {unchanged}，与已有值不同而不采用 {kept}，无法通过校验 {refused}。未写入任何数据。',
  },
} as const satisfies Record<string, Bilingual>;
