import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createZstdDecompress } from 'node:zlib';
import { AppError } from '@tapekeeper/core';
import { decodeRecords, END_MARK, FORMAT_VERSION, MAGIC, RECORD, type BackupRecord } from './format.ts';

type KindName = keyof typeof RECORD;

/** Gives the records of a file one by one. Whatever is wrong with the file is `backup_unreadable`. */
export class BackupReader {
  readonly #file: string;
  readonly #records: AsyncGenerator<BackupRecord, void>;
  #ahead: BackupRecord | undefined;

  constructor(file: string) {
    this.#file = file;
    this.#records = this.#read();
  }

  /** The kind of the record that comes next; a file that ends here was cut off. */
  async peek(): Promise<KindName> {
    const { kind } = (this.#ahead ??= await this.#next());
    return (Object.keys(RECORD) as KindName[]).find((name) => RECORD[name] === kind) ?? 'data';
  }

  async take(kind: KindName): Promise<BackupRecord> {
    const record = this.#ahead ?? (await this.#next());
    this.#ahead = undefined;
    if (record.kind !== RECORD[kind]) throw this.fault(`a ${kind} record is missing`);
    return record;
  }

  async json<T>(kind: KindName): Promise<T> {
    const { body } = await this.take(kind);
    try {
      return JSON.parse(body.toString('utf8')) as T;
    } catch {
      throw this.fault(`its ${kind} record is not JSON`);
    }
  }

  /** Throws if anything follows. */
  async expectEnd(): Promise<void> {
    const { done } = await this.#records.next();
    if (!done) throw this.fault('something follows its end');
  }

  async close(): Promise<void> {
    await this.#records.return();
  }

  /** The error that says what is wrong with the file. */
  fault(problem: string, cause?: unknown): AppError {
    return new AppError(
      'backup_unreadable',
      { file: this.#file, problem: `${problem.replace(/\.$/, '')}.` },
      cause,
    );
  }

  async #next(): Promise<BackupRecord> {
    const { value, done } = await this.#records.next();
    if (done) throw this.fault('it was cut off');
    return value;
  }

  async *#read(): AsyncGenerator<BackupRecord, void> {
    try {
      yield* readRecords(this.#file);
    } catch (error) {
      throw this.fault(error instanceof Error ? error.message : String(error), error);
    }
  }
}

async function* readRecords(file: string): AsyncGenerator<BackupRecord, void> {
  const { start, end } = await findStream(file);
  const bytes = createReadStream(file, { start, end: end - 1 });
  const decompress = createZstdDecompress();
  bytes.on('error', (error) => decompress.destroy(error));
  bytes.pipe(decompress);
  try {
    yield* decodeRecords(decompress as AsyncIterable<Buffer>);
  } finally {
    bytes.destroy();
    decompress.destroy();
  }
}

/** Where the compressed stream lies between the marks at both ends. */
async function findStream(file: string): Promise<{ start: number; end: number }> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const read = async (from: number, length: number) =>
      (await handle.read(Buffer.alloc(length), 0, length, from)).buffer;
    const start = MAGIC.length + 1;
    const end = size - END_MARK.length;
    const head = await read(0, start);
    if (!head.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('it is another kind of file');
    const format = head.readUInt8(MAGIC.length);
    if (format !== FORMAT_VERSION)
      throw new Error(`its format ${format} is not known here, only ${FORMAT_VERSION} is`);
    if (end <= start || !(await read(end, END_MARK.length)).equals(END_MARK))
      throw new Error('it was cut off');
    return { start, end };
  } finally {
    await handle.close();
  }
}
