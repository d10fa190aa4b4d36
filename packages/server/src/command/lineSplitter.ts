import { StringDecoder } from 'node:string_decoder';

/** Bytes of a line that are kept. */
export const LINE_BYTES = 8 * 1024;
/** What is cut is masked first: so much behind the cut is looked at, so that no half of a secret stays. */
const BEHIND_CUT = 1024;
const CUT_MARK = ' … (cut)';
const LINE_END = /\r\n|\n|\r/;

/** Makes lines of bytes as they come. What is no UTF-8 becomes U+FFFD; lines that are too long are cut. */
export interface LineSplitter {
  push(chunk: Uint8Array): readonly string[];
  /** The last line, where no line end came after it. */
  end(): readonly string[];
}

export function lineSplitter(mask: (text: string) => string): LineSplitter {
  const decoder = new StringDecoder('utf8');
  let pending = '';
  let afterReturn = false;

  const add = (text: string): readonly string[] => {
    // the line feed of a return that ended the former chunk ends no other line
    const fresh = afterReturn && text.startsWith('\n') ? text.slice(1) : text;
    if (text !== '') afterReturn = text.endsWith('\r');
    const parts = fresh.split(LINE_END);
    const lines: string[] = [];
    parts.forEach((part, at) => {
      const room = LINE_BYTES + BEHIND_CUT - pending.length;
      pending += part.slice(0, Math.max(0, room));
      if (at === parts.length - 1) return;
      lines.push(keptPart(mask(pending)));
      pending = '';
    });
    return lines;
  };
  return {
    push: (chunk) => add(decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))),
    end() {
      const lines = add(decoder.end());
      const last = pending;
      pending = '';
      return last === '' ? lines : [...lines, keptPart(mask(last))];
    },
  };
}

/** At most as many bytes as a line may have, whole characters, with a mark where something is missing. */
function keptPart(line: string): string {
  if (line.length * 3 <= LINE_BYTES) return line;
  const bytes = Buffer.from(line);
  if (bytes.length <= LINE_BYTES) return line;
  const room = LINE_BYTES - Buffer.byteLength(CUT_MARK);
  return new StringDecoder('utf8').write(bytes.subarray(0, room)) + CUT_MARK;
}
