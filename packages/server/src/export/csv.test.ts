import { DATASETS, type Column, type Row } from '@tapekeeper/core';
import { expect, it } from 'vitest';
import { FORMATS, type FormatId } from './format.ts';

const { news } = DATASETS;
const ROW: Row = {
  news_id: 'n1',
  published_at: Date.UTC(2024, 0, 31, 1, 30),
  title: '他说："好", 就这样',
  summary: null,
  content: 'two\nlines',
  url: null,
  channel: 'plain',
  symbols: '["600000.SH"]',
};

async function textOf(format: FormatId, columns: readonly Column[], ...batches: Row[][]): Promise<string> {
  const parts: Uint8Array[] = [];
  const source = async function* (): AsyncGenerator<Row[]> {
    yield* batches;
  };
  for await (const part of FORMATS[format].encode(columns, source())) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

it('quotes what would break a line of CSV, and leaves empty what is not known', async () => {
  expect(await textOf('csv', news.columns, [ROW])).toBe(
    'news_id,published_at,title,summary,content,url,channel,symbols\n' +
      'n1,2024-01-31T01:30:00.000Z,"他说：""好"", 就这样",,"two\nlines",,plain,"[""600000.SH""]"\n',
  );
});

it('writes the columns that were asked for, in their order, for each batch', async () => {
  const columns = [
    { name: 'is_open', type: 'boolean' },
    { name: 'close', type: 'double' },
  ] as Column[];
  const rows: Row[] = [
    { close: 1.1, is_open: true },
    { close: -0.5, is_open: false },
  ];
  expect(await textOf('csv', columns, rows.slice(0, 1), rows.slice(1))).toBe(
    'is_open,close\ntrue,1.1\nfalse,-0.5\n',
  );
  expect(await textOf('ndjson', columns, rows)).toBe(
    '{"is_open":true,"close":1.1}\n{"is_open":false,"close":-0.5}\n',
  );
});

it('puts JSON into JSON as itself, and instants as texts', async () => {
  expect(JSON.parse(await textOf('ndjson', news.columns, [ROW]))).toEqual({
    ...ROW,
    published_at: '2024-01-31T01:30:00.000Z',
    symbols: ['600000.SH'],
  });
});
