import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createZstdDecompress } from 'node:zlib';
import { AppError } from '@tapekeeper/core';
import { decodeRecords, FORMAT_VERSION, MAGIC, RECORD, type BackupRecord } from './format.ts';

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
    return new AppError('backup_unreadable', { file: this.#file, problem: `${problem.replace(/\.$/, '')}.` }, cause);
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
  await checkPreamble(file);
  const bytes = createReadStream(file, { start: MAGIC.length + 1 });
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

async function checkPreamble(file: string): Promise<void> {
  const handle = await open(file, 'r');
  try {
    const start = Buffer.alloc(MAGIC.length + 1);
    await handle.read(start, 0, start.length, 0);
    if (!start.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('it is another kind of file');
    const format = start.readUInt8(MAGIC.length);
    if (format !== FORMAT_VERSION) throw new Error(`its format ${format} is not known here, only ${FORMAT_VERSION} is`);
  } finally {
    await handle.close();
  }
}
