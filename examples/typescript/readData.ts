// Reads what is there, page by page, and what is missing.
//
//   node examples/typescript/readData.ts daily_bars 600000.SH 2024-12-02 2024-12-31
import { connect } from './connect.ts';

const [dataset = 'daily_bars', symbol = '600000.SH', from, to] = process.argv.slice(2);
const api = connect();

const { columns, key } = await api.dataset(dataset);
console.log(`${dataset}: ${columns.length} columns, key ${key.join(', ')}`);

let rows = 0;
let cursor: string | undefined;
do {
  const page = await api.data(dataset, { symbols: symbol, from, to, limit: 10, cursor });
  rows += page.rows.length;
  cursor = page.next ?? undefined;
  if (page.rows[0]) console.log(page.rows[0]['trade_date'], 'close', page.rows[0]['close']);
} while (cursor !== undefined);
console.log(`${rows} rows`);

const { cells, gaps } = await api.gaps({ dataset, symbols: symbol, from, to });
console.log(`${cells} cells are missing`, gaps.map(({ ranges }) => ranges).flat());
