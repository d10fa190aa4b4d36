import { expect, test } from 'vitest';
import { webClient } from '../../test/askWeb.ts';

const CLIST = '/push2/api/qt/clist/get?fs=m:1+t:2&fields=f12&np=1';
const KLINE =
  '/push2his/api/qt/stock/kline/get?secid=1.600000&ut=x&klt=101&fields2=f51&beg=20240108&end=20240108';
const REPORT = '/datacenter/api/data/v1/get?reportName=RPT_LICO_FN_CPD&columns=ALL';
const CALENDAR = '/sina/realstock/company/klc_td_sh.txt';
const akshare = { protocol: 'akshare' } as const;

test('names calls by origin and endpoint, with what they ask for', async () => {
  const { replay, ask } = await webClient({ now: () => 1234 });
  await ask(KLINE);
  expect((await ask('/push2/api/qt/none')).status).toBe(404);
  expect((await ask('/elsewhere/api')).status).toBe(404);
  expect(replay.calls()).toEqual([
    {
      ...akshare,
      api: 'push2his.kline',
      at: 1234,
      params: { secid: '1.600000', ut: 'x', klt: '101', fields2: 'f51', beg: '20240108', end: '20240108' },
    },
    { ...akshare, api: 'push2.unknown', at: 1234, params: {} },
  ]);
  expect(replay.counts()).toEqual({ 'akshare.push2his.kline': 1, 'akshare.push2.unknown': 1 });
});

test('a ban closes connections of the group without a byte, and leaves other groups alone', async () => {
  const { replay, ask } = await webClient();
  replay.addFault({ match: { ...akshare, origin: 'push2his' }, fault: { kind: 'ban', afterCalls: 2 } });
  await ask(KLINE);
  await ask(KLINE);
  await expect(ask(KLINE)).rejects.toMatchObject({
    cause: { code: 'UND_ERR_SOCKET', message: 'other side closed' },
  });
  await expect(ask(CLIST)).rejects.toThrow('fetch failed');
  expect((await ask(REPORT)).status).toBe(200);
  expect((await ask(CALENDAR)).status).toBe(200);
  replay.clearFaults();
  expect((await ask(CLIST)).status).toBe(200);
});

test('an unknown limit shuts a group for a pause by the clock', async () => {
  let now = 1_700_000_000_000;
  const { replay, ask } = await webClient({ now: () => now });
  replay.addFault({
    match: akshare,
    fault: { kind: 'limit', calls: 3, windowSeconds: 10, pauseSeconds: 60 },
  });
  for (let call = 0; call < 6; call += 1) {
    await ask(call % 2 === 0 ? CLIST : KLINE);
    now += 4000;
  }
  await ask(CLIST);
  await expect(ask(CLIST)).rejects.toThrow('fetch failed');
  expect((await ask(CALENDAR)).status).toBe(200);
  now += 59_000;
  await expect(ask(KLINE)).rejects.toThrow('fetch failed');
  now += 1000;
  expect((await ask(KLINE)).status).toBe(200);
});

test('a captcha and a notice are pages with status 200', async () => {
  const { replay, ask } = await webClient();
  replay.addFault({ match: { ...akshare, api: 'push2his.kline' }, fault: { kind: 'captcha' }, times: 1 });
  replay.addFault({ match: { ...akshare, origin: 'sina' }, fault: { kind: 'notice' }, times: 1 });
  const captcha = await ask(KLINE);
  expect([captcha.status, captcha.type]).toEqual([200, 'text/html; charset=utf-8']);
  expect(captcha.text).toContain('安全验证');
  expect((await ask(CALENDAR)).text).toContain('已被新浪安全部门封禁');
  expect((await ask(KLINE)).text).toContain('2024-01-08');
});

test('an error is given in the words of the origin', async () => {
  const { replay, ask, json } = await webClient();
  replay.addFault({
    match: { ...akshare, origin: 'push2his' },
    fault: { kind: 'error', code: 102, message: '' },
  });
  replay.addFault({
    match: { ...akshare, origin: 'datacenter' },
    fault: { kind: 'error', code: 9701, message: '系统繁忙' },
  });
  replay.addFault({
    match: { ...akshare, origin: 'sina' },
    fault: { kind: 'error', code: 456, message: '' },
  });
  expect(await json(KLINE)).toMatchObject({ rc: 102, data: null });
  expect(await json(REPORT)).toMatchObject({ result: null, success: false, message: '系统繁忙', code: 9701 });
  expect((await ask(CALENDAR)).status).toBe(456);
});

test('faults of the wire work as for the other protocols', async () => {
  const { replay, ask } = await webClient();
  replay.addFault({ match: akshare, fault: { kind: 'http', status: 502, body: 'Bad Gateway' }, times: 1 });
  expect(await ask(CLIST)).toMatchObject({ status: 502, text: 'Bad Gateway' });
  replay.addFault({ match: akshare, fault: { kind: 'half_close' }, times: 1 });
  await expect(ask(CALENDAR)).rejects.toThrow('terminated');
  replay.addFault({ match: akshare, fault: { kind: 'reset' }, times: 1 });
  await expect(ask(CALENDAR)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
  const whole = (await ask(CALENDAR)).text;
  replay.addFault({ match: akshare, fault: { kind: 'split', pieces: 5 }, times: 1 });
  expect((await ask(CALENDAR)).text).toBe(whole);
  replay.addFault({ match: akshare, fault: { kind: 'empty' } });
  expect((await ask(CLIST)).text).toContain('"data":null');
  expect((await ask(CALENDAR)).text).toContain('var datelist="";');
});
