/** The encoder of GBK that the runtime lacks: its decoder, read backwards. */

const QUESTION_MARK = 0x3f;
const FIRST_LEAD = 0x81;
const LAST_BYTE = 0xfe;
const FIRST_TRAIL = 0x40;
const REPLACEMENT = '\uFFFD';

let codes: ReadonlyMap<string, number> | undefined;

/**
 * The text in GBK; characters that it lacks become question marks.
 * @example encodeGbk('平安') // <Buffer c6 bd b0 b2>
 */
export function encodeGbk(text: string): Buffer {
  codes ??= readCodes();
  const bytes: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0)!;
    if (point < 0x80) {
      bytes.push(point);
      continue;
    }
    const code = codes.get(character);
    if (code === undefined) bytes.push(QUESTION_MARK);
    else bytes.push(code >> 8, code & 0xff);
  }
  return Buffer.from(bytes);
}

function readCodes(): ReadonlyMap<string, number> {
  const decoder = new TextDecoder('gbk');
  const table = new Map<string, number>();
  for (let lead = FIRST_LEAD; lead <= LAST_BYTE; lead += 1) {
    for (let trail = FIRST_TRAIL; trail <= LAST_BYTE; trail += 1) {
      const character = decoder.decode(Uint8Array.of(lead, trail));
      // Two bytes that are no pair decode to a replacement, or to a replacement and an ASCII letter.
      if (character.includes(REPLACEMENT) || table.has(character)) continue;
      table.set(character, (lead << 8) | trail);
    }
  }
  return table;
}
