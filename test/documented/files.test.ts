import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { formWith } from '../support/multipart.ts';
import { DAYS, SYMBOLS } from '../support/smallMarket.ts';
import { tushareFile } from '../tasks/importStand.ts';
import { conforms, type Row } from './conformance.ts';
import { useDocumentedStand } from './documentedStand.ts';

// Section A of the contract: A10, files.

const stand = useDocumentedStand('files');
const BASE = '/api/data-collection';
const UPLOAD = `${BASE}/upload-historical-file`;
const SPAN = { start_date: '2024-01-04', end_date: '2024-01-12' };
const FILE = tushareFile(SYMBOLS.slice(0, 2), DAYS);
const BUSY = '已有采集任务正在运行，请等待完成后再启动新任务';

beforeAll(async () => {
  await stand().sync({ dataset: 'stock_basics' });
});

const upload = (data: string, name = 'daily_20240104.csv', query = '') => ({
  method: 'POST' as const,
  url: UPLOAD + query,
  ...formWith({ name, data }),
});
const post = (path: string, payload: object) => ({ method: 'POST' as const, url: `${BASE}${path}`, payload });
const STARTED = z.strictObject({
  task_id: z.string().regex(/^file_historical_\d{8}_\d{6}_\d+$/),
  status: z.literal('started'),
  message: z.string(),
  filename: z.string(),
});
const SPAN_STARTED = z.strictObject({
  task_id: z.string().regex(/^file_historical_\d{8}_\d{6}_\d+$/),
  status: z.literal('started'),
  message: z.literal('文件历史数据采集任务已启动'),
  start_date: z.string(),
  end_date: z.string(),
  stock_codes: z.null(),
  test_mode: z.boolean(),
  full_collection_mode: z.boolean(),
  market: z.literal('CN'),
});

const ROWS: readonly Row[] = [
  {
    what: 'A10 a task before any file is there',
    ask: post('/file-historical', SPAN),
    status: 400,
    detail: '没有已上传的文件，请先通过 /api/data-collection/upload-historical-file 上传',
  },
  {
    what: 'A10 days that are none',
    ask: post('/file-historical', { ...SPAN, end_date: '2024/01/12' }),
    status: 400,
    detail: '日期格式错误，请使用 YYYY-MM-DD 格式',
  },
  { what: 'A10 no days', ask: post('/file-historical', {}), status: 422 },
  {
    what: 'A10 files of Hong Kong',
    ask: post('/historical/hk-file', { ...SPAN, file_type: 'txt' }),
    status: 400,
    detail: '暂不支持港股（HK）文件导入，仅支持A股（CN）',
  },
  { what: 'A10 files of Hong Kong without days', ask: post('/historical/hk-file', {}), status: 422 },
  {
    what: 'A10 a request without a file',
    ask: { method: 'POST', url: UPLOAD, payload: {} },
    status: 400,
    has: { error_code: 'import_no_file' },
  },
  {
    what: 'A10 a file of another field',
    ask: { method: 'POST', url: UPLOAD, ...formWith({ name: 'a', data: FILE, field: 'upload' }) },
    status: 400,
  },
  {
    what: 'A10 a file without the columns',
    ask: upload('a,b\n1,2\n'),
    status: 400,
    has: { error_code: 'import_header' },
  },
  {
    what: 'A10 a script of SQL, as the late form took them',
    ask: upload("INSERT INTO t VALUES ('1');", 'daily_20240104.txt'),
    status: 400,
  },
  {
    what: 'A10 a file that does not say its units',
    ask: upload('date,code,open,high,low,close,pre_close,volume,amount\n'),
    status: 400,
    has: { error_code: 'import_units' },
  },
  { what: 'A10 nobody', as: 'nobody', ask: upload(FILE), status: 401 },
  { what: 'A10 a viewer', as: 'viewer', ask: upload(FILE), status: 403 },
  { what: 'A10 a wrong method', ask: { method: 'GET', url: UPLOAD }, status: 405 },
  {
    what: 'A10 a file of daily bars',
    as: 'operator',
    ask: upload(FILE),
    status: 200,
    shape: STARTED,
    has: { message: '文件上传成功，导入任务已启动', filename: 'daily_20240104.csv' },
  },
  { what: 'A10 a second one while the first is open', ask: upload(FILE), status: 400, detail: BUSY },
  { what: 'A1 another task while it is open', ask: post('/historical', SPAN), status: 400, detail: BUSY },
  {
    what: 'A10 the task behind an upload, as clients of the late form ask for it',
    ask: post('/file-historical', { ...SPAN, file_type: 'csv', force_update: false, indicators: ['ma'] }),
    status: 200,
    shape: SPAN_STARTED,
  },
];
conforms(stand, ROWS);

it('is followed as every task is, to its end', async () => {
  const { task_id: id } = (await stand().askAs('admin', post('/file-historical', SPAN))).json<{
    task_id: string;
  }>();
  const status = async () => (await stand().askAs('admin', { url: `${BASE}/status/${id}` })).json<object>();
  expect(await status()).toMatchObject({ task_id: id, status: 'running', progress: 0 });
  expect((await stand().askAs('admin', { url: `${BASE}/current-task` })).json()).toMatchObject({
    current_task: { task_id: id },
  });
  await stand().work();
  expect(await status()).toMatchObject({
    status: 'completed',
    progress: 100,
    total_stocks: 2,
    processed_stocks: 2,
    success_count: 2,
    failed_count: 0,
    collected_count: 14,
    error_message: null,
  });
  const run = (await stand().askAs('admin', { url: '/v1/runs?type=import' })).json<{ runs: object[] }>()
    .runs[0];
  expect(run).toMatchObject({
    job: { key: 'file_historical_collection' },
    requestedBy: 'otto',
    state: 'success',
  });
});

it('with force_update goes before what is stored', async () => {
  const changed = FILE.replace('600001.SH,20240104,13.04,', '600001.SH,20240104,13.05,');
  const answer = await stand().askAs('admin', upload(changed, 'b.csv', '?force_update=true'));
  expect(answer.statusCode).toBe(200);
  await stand().work();
  const { runs } = (await stand().askAs('admin', { url: '/v1/runs?type=import' })).json<{ runs: object[] }>();
  expect(runs[0]).toMatchObject({ state: 'success', result: { mode: 'replace' }, rowsWritten: 1 });
});
