/** Letters that markdown of any service gives a meaning, and what looks like them and has none. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  '[': '［',
  ']': '］',
  '<': '＜',
  '>': '＞',
  '`': '＇',
  '*': '＊',
  '#': '＃',
  '|': '｜',
  '~': '～',
  '\\': '＼',
};

/** After an `@` it keeps services from reading a name, and cannot be seen. */
const GAP = '\u200b';

/**
 * A text that says in markdown what it says as it stands: no links, pictures, headings, emphasis, or calls of
 * people. Lookalikes are used, since the services disagree about how letters are escaped.
 * @example plainMarkdown('see [here](http://x) @all') // 'see ［here］(http://x) @\u200ball'
 */
export function plainMarkdown(text: string): string {
  return quietMentions(text)
    .replaceAll(/[[\]<>`*#|~\\]/g, (letter) => LOOKALIKES[letter] ?? letter)
    .replaceAll(/&(?=#?\w+;)/g, '＆')
    .replaceAll(/(?<![\p{L}\p{N}_])_|_(?![\p{L}\p{N}_])/gu, '＿');
}

/** For services that read `<…>` as calls and links, as Slack does, and `@name`, as its likes do. */
export function slackText(text: string): string {
  return quietMentions(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Nobody is called by what a text happens to hold. */
export function quietMentions(text: string): string {
  return text.replaceAll(/@(?=[\p{L}\p{N}_])/gu, `@${GAP}`);
}

/** As much of a text as fits into so many bytes of UTF-8, whole letters only; a cut shows. */
export function cutToBytes(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const mark = '…';
  let kept = '';
  let used = Buffer.byteLength(mark);
  for (const letter of text) {
    used += Buffer.byteLength(letter);
    if (used > bytes) break;
    kept += letter;
  }
  return kept + mark;
}
