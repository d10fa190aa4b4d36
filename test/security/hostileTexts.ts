/** In every hostile text, so that a statement that holds one is found. */
export const MARK = 'h7x';

/** Ends of a quoted text, and what else opens a way out of it. */
const OPENINGS = ["'", '"', "')", "'))", '`', "\\'", "''", '$$', "';", '"]', '%27', '', '0', '-1', "E'\\\\'"];

const PAYLOADS = [
  " OR 'MARK'='MARK",
  ' OR 1=1 --MARK',
  '; DROP TABLE tapekeeper.run; --MARK',
  '; UPDATE tapekeeper.job SET state = $$disabled$$ --MARK',
  ' UNION SELECT password_hash FROM tapekeeper.user_account --MARK',
  ' UNION ALL SELECT NULL,NULL,NULL,current_user --MARK',
  '||pg_sleep(10)||MARK',
  ' AND (SELECT count(*) FROM pg_sleep(10)) > 0 --MARK',
  '::int + (SELECT 1) --MARK',
  '/**/OR/**/1=1/*MARK*/',
  ' OR 1=1 LIMIT 1000000 OFFSET 0 --MARK',
  '; COPY tapekeeper.secret TO PROGRAM $$sh$$ --MARK',
  ' COLLATE "C" --MARK',
  ", (SELECT 'MARK') DESC",
  '\nOR 1=1 --MARK',
  '\tOR\t1=1 --MARK',
];

/** Texts that break out of careless places of other kinds: patterns, JSON, paths, markup, formats, letters. */
const OTHERS = [
  '%MARK%',
  '_MARK_',
  '\\MARK\\',
  '(MARK+)+$',
  '[MARK',
  '{"MARK":{"$ne":null}}',
  '{"__proto__":{"MARK":1}}',
  '__proto__MARK',
  'constructor.prototype.MARK',
  '../../../../etc/passwd?MARK',
  '..%2f..%2fMARK',
  'file:///etc/passwd#MARK',
  'http://169.254.169.254/MARK',
  '<img src=x onerror=alert(`MARK`)>',
  'javascript:alert(1)//MARK',
  '=cmd|calc!MARK',
  '${MARK}',
  '{{MARK}}',
  '%s%n%xMARK',
  'MARK\r\nset-cookie: a=b',
  'MARK\u0000',
  '\ud800MARK',
  '\u202eMARK',
  'ＭMARK＇',
  'MARKʼ OR 1=1',
  'MARK\u0301\u0301\u0301',
  '1e309MARK',
  '0x41MARK',
  'NaN,MARK',
  'null;MARK',
  "true'MARK",
  "2024-01-31'MARK",
];

/** Some five hundred of them, each different. */
export const HOSTILE_TEXTS: readonly string[] = [
  ...OPENINGS.flatMap((opening) => PAYLOADS.map((payload) => opening + payload)),
  ...OPENINGS.flatMap((opening) => PAYLOADS.map((payload) => `600000.SH${opening}${payload}`)),
  ...OTHERS,
].map((text, at) => text.replaceAll('MARK', `${MARK}${at}`));
