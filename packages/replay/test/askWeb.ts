import { openWorld, type World } from '../src/world/openWorld.ts';
import type { Replay, ReplayOptions } from '../src/replay.ts';
import { runReplay } from './runReplay.ts';
import { DAYS, listFiles, RAW_HEADER, temporaryFolder } from './temporaryFolder.ts';

/** A stock of each board; the bank has an ex-date, a suspension and prices that move. */
const STOCKS = [
  '000001.SZ,000001,平安银行,深圳,银行,平安银行股份有限公司,PAYH,主板,SZSE,L,19910403,',
  '300001.SZ,300001,特锐德,山东,电气设备,特锐德电气股份有限公司,TRD,创业板,SZSE,L,20091030,',
  '600000.SH,600000,浦发银行,上海,银行,上海浦东发展银行股份有限公司,PFYH,主板,SSE,L,19991110,',
  '600519.SH,600519,贵州茅台,贵州,白酒,贵州茅台酒股份有限公司,GZMT,主板,SSE,L,20010827,',
  '688001.SH,688001,华兴源创,江苏,专用机械,苏州华兴源创科技股份有限公司,HXYC,科创板,SSE,L,20190722,',
  '920001.BJ,920001,纬达光电,广东,元器件,佛山纬达光电材料股份有限公司,WDGD,北交所,BSE,L,20221227,',
];
const HEADER =
  'ts_code,symbol,name,area,industry,fullname,cnspell,market,exchange,list_status,list_date,delist_date';

/** Open, high, low, close, reference price, shares, yuan and state of the bank's days. */
const BANK = [
  '10.00,10.30,9.90,10.20,10.00,1234567,12500000.12,0.5,2,1',
  '10.20,10.60,10.10,10.50,10.20,2345678,24500000.5,0.9,2.9412,1',
  '10.00,10.40,9.95,10.29,10.00,3000049,30500000,1.2,2.9,1',
  '10.29,10.29,10.29,10.29,10.29,0,0,,0,0',
  '10.30,10.80,10.20,10.70,10.29,1500050,15900000,0.6,3.9845,1',
  '10.70,10.90,10.60,10.80,10.70,1600000,17200000,0.65,0.9346,1',
];

/** Files of a folder with the six stocks over the six small days. */
export function webFiles(): Record<string, string> {
  const lines = STOCKS.map((line) => line.slice(0, 9)).flatMap((symbol) =>
    BANK.map((figures, index) => {
      const quiet = index === 3 ? '10.40,10.50,10.20,10.40,10.29,1000000,10300000,0.4,1.069,1' : figures;
      return `${symbol},${DAYS[index]},${symbol === '600000.SH' ? figures : quiet},0,5.99,0.7,1.9`;
    }),
  );
  return {
    ...listFiles(),
    'stock_basic.csv': [HEADER, ...STOCKS, ''].join('\n'),
    'bars_daily_raw.csv': [RAW_HEADER, ...lines, ''].join('\n'),
  };
}

export async function webWorld(): Promise<World> {
  return openWorld(await temporaryFolder(webFiles()));
}

/** An answer whose body is read in an encoding of one's own choice. */
export interface WebAnswer {
  readonly status: number;
  readonly type: string;
  readonly bytes: Buffer;
  readonly text: string;
}

export interface WebClient {
  readonly replay: Replay;
  ask(path: string, init?: RequestInit & { readonly encoding?: string }): Promise<WebAnswer>;
  /** The body as JSON; whoever asks says what it is. */
  json<T>(path: string, init?: RequestInit): Promise<T>;
}

/** A client of running servers over the six stocks. */
export async function webClient(options: Partial<ReplayOptions> = {}): Promise<WebClient> {
  const replay = await runReplay({ world: await webWorld(), ...options });
  const client: WebClient = {
    replay,
    async ask(path, { encoding = 'utf-8', ...init } = {}) {
      const response = await fetch(`${replay.akshareUrl}${path}`, init);
      const bytes = Buffer.from(await response.arrayBuffer());
      const text = new TextDecoder(encoding).decode(bytes);
      return { status: response.status, type: response.headers.get('content-type') ?? '', bytes, text };
    },
    json: async <T>(path: string, init?: RequestInit) => JSON.parse((await client.ask(path, init)).text) as T,
  };
  return client;
}

/** A form as a page sends it. */
export function form(fields: Readonly<Record<string, string>>): RequestInit {
  return { method: 'POST', body: new URLSearchParams(fields) };
}
