import { DATASETS, plainDay, type Row } from '@tapekeeper/core';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { expect, it } from 'vitest';
import { encodeParquet } from './parquet.ts';

const { columns } = DATASETS.announcements;

function rowOf(at: number): Row {
  return {
    announcement_id: `a${at}`,
    symbol: '600000.SH',
    ann_date: plainDay('2024-01-31'),
    title: `公告 ${at}`,
    type: null,
    name: at % 2 === 0 ? null : '浦发银行',
    url: null,
    published_at: at % 3 === 0 ? null : 1_706_000_000_000 + at,
  };
}

async function fileOf(batches: readonly (readonly Row[])[]): Promise<{ file: ArrayBuffer; parts: number }> {
  const parts: Uint8Array[] = [];
  const source = async function* (): AsyncGenerator<readonly Row[]> {
    yield* batches;
  };
  for await (const part of encodeParquet(columns, source())) parts.push(part);
  return { file: new Uint8Array(Buffer.concat(parts)).buffer, parts: parts.length };
}

it('gives back every value, in row groups that were let go of one by one', async () => {
  const rows = Array.from({ length: 120_000 }, (_, at) => rowOf(at));
  const { file, parts } = await fileOf([rows.slice(0, 70_000), rows.slice(70_000)]);
  const { row_groups: groups, created_by: by } = parquetMetadata(file);
  expect([groups.map((group) => Number(group.num_rows)), by]).toEqual([
    [50_000, 20_000, 50_000],
    'tapekeeper',
  ]);
  expect(parts).toBe(3);
  const read = await parquetReadObjects({ file, rowStart: 69_998, rowEnd: 70_003 });
  expect(read).toEqual(
    rows.slice(69_998, 70_003).map((row) => ({
      ...row,
      ann_date: new Date('2024-01-31T00:00:00Z'),
      published_at: row['published_at'] === null ? null : new Date(Number(row['published_at'])),
    })),
  );
});

it('is a file without rows where there are none', async () => {
  const { file } = await fileOf([]);
  expect(parquetMetadata(file).schema.map(({ name }) => name)).toEqual([
    'root',
    ...columns.map((column) => column.name),
  ]);
  expect(await parquetReadObjects({ file })).toEqual([]);
});
