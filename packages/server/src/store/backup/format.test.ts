import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodeRecords,
  encodeRecord,
  MAX_RECORD_BYTES,
  RECORD,
  type BackupRecord,
  type RecordKind,
} from './format.ts';

const anyRecord = fc.record({
  kind: fc.constantFrom(...Object.values(RECORD)),
  body: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
});

async function decode(chunks: readonly Buffer[]): Promise<BackupRecord[]> {
  const source = async function* () {
    yield* chunks;
  };
  const records: BackupRecord[] = [];
  for await (const { kind, body } of decodeRecords(source())) records.push({ kind, body: Buffer.from(body) });
  return records;
}

const cut = (bytes: Buffer, size: number) =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );

test('gives back the records, however the bytes are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyRecord, { maxLength: 12 }),
      fc.integer({ min: 1, max: 50 }),
      async (records, size) => {
        const bytes = Buffer.concat(records.map(({ kind, body }) => encodeRecord(kind, body)));
        expect(await decode(cut(bytes, size))).toEqual(records);
      },
    ),
  );
});

test('says that bytes end inside a record, wherever they do', async () => {
  const bytes = encodeRecord(RECORD.data, Buffer.from('twelve bytes'));
  for (let length = 1; length < bytes.length; length += 1) {
    await expect(decode([bytes.subarray(0, length)])).rejects.toThrow('ends inside a record');
  }
});

test('refuses kinds and lengths that no writer makes', async () => {
  await expect(decode([encodeRecord(99 as RecordKind, Buffer.alloc(0))])).rejects.toThrow(
    'no record of kind 99',
  );
  const long = encodeRecord(RECORD.data, Buffer.alloc(0));
  long.writeUInt32BE(MAX_RECORD_BYTES + 1, 1);
  await expect(decode([long])).rejects.toThrow('beyond the limit');
});
