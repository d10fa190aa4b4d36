import { expect, test } from 'vitest';
import { webClient, type WebClient } from '../../../test/askWeb.ts';

test('quotes in GBK between tildes: lots, but shares for STAR and indices', async () => {
  const client = await webClient();
  const { text, bytes } = await client.ask('/tencent/q=sh600000,sh688001,sh000001,sh999999', {
    encoding: 'gbk',
  });
  expect(new TextDecoder('utf-8').decode(bytes)).not.toContain('浦发银行');
  const lines = text.trim().split('\n');
  expect(lines).toHaveLength(3);
  const cells = /^v_sh600000="(.*)";$/.exec(lines[0]!)![1]!.split('~');
  expect(cells).toHaveLength(88);
  expect(cells.slice(0, 7)).toEqual(['1', '浦发银行', '600000', '10.80', '10.70', '10.70', '16000']);
  expect(cells.slice(30, 39)).toEqual([
    '20240109150003',
    '0.10',
    '0.93',
    '10.90',
    '10.60',
    '10.80/16000/17200000',
    '16000',
    '1720',
    '0.65',
  ]);
  expect([cells[9], cells[39], cells[43], cells[46]]).toEqual(['10.80', '5.99', '2.80', '0.70']);
  expect(lines[1]!.split('~')[6]).toBe('1600000');
  expect(Number(lines[2]!.split('~')[6]) % 100).toBe(0);
  expect((await client.ask('/tencent/q=sh999999')).text).toBe('v_pv_none_match="1";\n');
});

const PATH = '/tencent_kline/ifzqgtimg/appstock/app/newfqkline/get';

async function bars(client: WebClient, param: string): Promise<Record<string, readonly unknown[][]>> {
  const { text } = await client.ask(`${PATH}?_var=kline_day&param=${param}&r=0.8`);
  expect(text.startsWith('kline_day={"code":0,"msg":"","data":{')).toBe(true);
  const { data } = JSON.parse(text.slice(text.indexOf('={') + 1)) as {
    data: Record<string, Record<string, readonly unknown[][]>>;
  };
  return data[param.split(',')[0]!]!;
}

test('gives bars in the form of the page: open, close, high, low, lots, dividend, turnover, 10,000 yuan', async () => {
  const client = await webClient();
  const { day } = await bars(client, 'sh600000,day,2024-01-03,2024-01-08,640,');
  expect(day).toEqual([
    ['2024-01-03', '10.20', '10.50', '10.60', '10.10', '23457', {}, '0.90', '2450.00', ''],
    [
      '2024-01-04',
      '10.00',
      '10.29',
      '10.40',
      '9.95',
      '30000',
      { nd: '2022', fh_sh: '5.00', djr: '2024-01-03', cqr: '2024-01-04', FHcontent: '10派5.00元' },
      '1.20',
      '3050.00',
      '',
    ].map((cell) =>
      typeof cell === 'object' ? expect.objectContaining({ fh_sh: '5.00', cqr: '2024-01-04' }) : cell,
    ),
    ['2024-01-08', '10.30', '10.70', '10.80', '10.20', '15001', {}, '0.60', '1590.00', ''],
  ]);
});

test('counts shares for STAR, names adjusted bars by their kind, and indices plainly', async () => {
  const client = await webClient();
  const star = await bars(client, 'sh688001,day,2024-01-08,2024-01-08,640,');
  expect(star['day']![0]![5]).toBe('1500050');
  const forward = await bars(client, 'sh600000,day,2024-01-02,2024-01-02,640,qfq');
  expect(forward['qfqday']![0]!.slice(0, 3)).toEqual(['2024-01-02', '9.50', '9.70']);
  const index = await bars(client, 'sh000001,day,2024-01-08,2024-01-08,640,qfq');
  expect(Number(index['day']![0]![5]) % 100).toBe(0);
  expect(await bars(client, 'sh999999,day,2024-01-08,2024-01-08,640,')).toMatchObject({ day: [] });
});

test('gives the newest rows of the range, and plain JSON without a variable', async () => {
  const client = await webClient();
  const { day } = await bars(client, 'sh600000,day,2024-01-01,2024-12-31,2,');
  expect(day!.map(([label]) => label)).toEqual(['2024-01-08', '2024-01-09']);
  expect(await client.json(`${PATH}?param=sh600000,hour,,,640,`)).toEqual({
    code: 1,
    msg: 'param error',
    data: [],
  });
});
