import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A captured exchange with BaoStock (test/fixtures/baostock). */
export interface Capture {
  readonly api: string;
  readonly request: Buffer;
  readonly response: Buffer;
}

const FOLDER = fileURLToPath(new URL('../fixtures/baostock/', import.meta.url));

export function readCapture(api: string): Capture {
  const read = (file: string) => readFileSync(`${FOLDER}${api}/${file}.bin`);
  return { api, request: read('request'), response: read('response') };
}

export function readCaptures(): readonly Capture[] {
  return readdirSync(FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => readCapture(name));
}
