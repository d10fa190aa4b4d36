import { EXIT, specified } from '../spec.ts';

/** Files that people bring in. */
export const IMPORT_ERRORS = specified({
  import_dataset: {
    text: 'Rows of {dataset} cannot be brought in files; those of {known} can.',
    zh: '不支持用文件导入 {dataset} 的数据；可导入的有：{known}。',
    status: 400,
    exit: EXIT.usage,
    retry: 'never',
  },
  import_header: {
    text: 'The first line of the file does not fit {dataset}: {problem}.',
    zh: '文件首行（列名）与 {dataset} 不符：{problem}。',
    status: 400,
    exit: EXIT.dataError,
    retry: 'never',
  },
  import_units: {
    text: 'It is not clear what the column {column} is written in: {problem}. Say it with {choices}.',
    zh: '无法确定列 {column} 的单位：{problem}。请用 {choices} 指明。',
    status: 400,
    exit: EXIT.usage,
    retry: 'never',
  },
  import_malformed: {
    text: 'The file cannot be read as CSV: {problem}. It may be UTF-8 or GBK, packed with gzip or not.',
    zh: '文件无法按 CSV 读取：{problem}。支持 UTF-8 或 GBK 编码，可用 gzip 压缩。',
    status: 400,
    exit: EXIT.dataError,
    retry: 'never',
  },
  import_unreadable: {
    text: '{count} lines of the file cannot be read, so nothing of it was written. The first: {problem}.',
    zh: '文件中有 {count} 行无法读取，未写入任何数据。第一处：{problem}。',
    status: 400,
    exit: EXIT.dataError,
    retry: 'never',
  },
  import_adjusted: {
    text: 'The file has adjusted prices (adjustflag is not 3). Bring raw ones: adjusted series are computed when read.',
    zh: '文件中是复权价格（adjustflag 不为 3）。请导入不复权数据：复权价在读取时计算。',
    status: 400,
    exit: EXIT.dataError,
    retry: 'never',
  },
  import_too_large: {
    text: 'The file is too large: {problem}. Cut it into several, or raise {setting}.',
    zh: '文件过大：{problem}。请拆分文件，或调高 {setting}。',
    status: 413,
    exit: EXIT.dataError,
    retry: 'never',
  },
  import_no_file: {
    text: 'The request brings no file. Send it as multipart/form-data, in a part that is named "file".',
    zh: '请求中没有文件。请用 multipart/form-data 上传，字段名为 “file”。',
    status: 400,
    exit: EXIT.usage,
    retry: 'never',
  },
  import_file_missing: {
    text: 'The file {file} is not in the folder of imports of the machine that works on the run. Bring it in again.',
    zh: '执行该运行的机器的导入目录中没有文件 {file}。请重新上传。',
    status: 404,
    exit: EXIT.notFound,
    retry: 'never',
  },
  import_no_list: {
    text: 'No stock is known yet, so no row could be checked. Run "tapekeeper sync stock_basics" first.',
    zh: '尚无股票列表，无法校验数据。请先运行 “tapekeeper sync stock_basics”。',
    status: 409,
    exit: EXIT.unavailable,
    retry: 'later',
  },
});
