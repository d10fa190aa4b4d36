import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Big enough that a chunk per file is the rule, small enough for one string whatever the file's size. */
const CHUNK_BYTES = 32 * 1024 * 1024;
const READ_BYTES = 256 * 1024;
const LINE_FEED = 10;

/**
 * The text of a file (`.gz` unpacked) in pieces that end at line ends; the last one may lack its
 * line feed. `latin1` keeps one byte a character, right for files of digits; lists with names need `utf8`.
 * Throws what reading or unpacking throws.
 */
export async function* textChunks(
  path: string,
  encoding: 'latin1' | 'utf8',
  chunkBytes = CHUNK_BYTES,
): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  let held = 0;
  for await (const part of bytesOf(path)) {
    const bytes = part as Buffer;
    const cut = held + bytes.length < chunkBytes ? -1 : bytes.lastIndexOf(LINE_FEED);
    if (cut < 0) {
      parts.push(bytes);
      held += bytes.length;
      continue;
    }
    yield Buffer.concat([...parts, bytes.subarray(0, cut + 1)]).toString(encoding);
    parts = [bytes.subarray(cut + 1)];
    held = bytes.length - cut - 1;
  }
  if (held > 0) yield Buffer.concat(parts).toString(encoding);
}

/** The whole text of a file, for the small ones. */
export async function wholeText(path: string): Promise<string> {
  let text = '';
  for await (const chunk of textChunks(path, 'utf8')) text += chunk;
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function bytesOf(path: string): AsyncIterable<unknown> {
  const file = createReadStream(path, { highWaterMark: READ_BYTES });
  if (!path.endsWith('.gz')) return file;
  const unpacked = createGunzip({ chunkSize: READ_BYTES });
  // The error reaches the reader through `unpacked`, which pipeline destroys with it.
  pipeline(file, unpacked, () => undefined);
  return unpacked;
}
