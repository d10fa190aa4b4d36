/** How Tushare refuses: always HTTP 200, with a code and a Chinese text that carries the real meaning. */
export interface TushareRefusal {
  readonly code: number | string;
  readonly message: string;
}

const DETAILS = '权限的具体详情访问：https://tushare.pro/document/1?doc_id=108。';

/** Texts as they have been seen in the wild; 40203 stands for missing rights and for every rate limit. */
export const TUSHARE_REFUSALS = {
  badToken: { code: 40101, message: '您的token不对，请确认。' },
  unknownApi: { code: 40101, message: '请指定正确的接口名' },
  noPermission: (api: string) => ({ code: 40203, message: `抱歉，您没有接口(${api})访问权限，${DETAILS}` }),
  perMinute: (calls: number) => ({
    code: 40203,
    message: `抱歉，您每分钟最多访问该接口${calls}次，${DETAILS}`,
  }),
  perHour: (calls: number) => ({
    code: 40203,
    message: `抱歉，您每小时最多访问该接口${calls}次，${DETAILS}`,
  }),
  perDay: (calls: number) => ({ code: 40203, message: `抱歉，您每天最多访问该接口${calls}次，${DETAILS}` }),
  /** The wording of 2025 and later. */
  tooOften: (api: string, calls: number, unit: '分钟' | '小时' | '天') => ({
    code: 40203,
    message: `抱歉，您访问接口(${api})频率超限(${calls}次/${unit})，具体频次详情：https://tushare.pro/document/1?doc_id=108。`,
  }),
  tooManyAddresses: (addresses: number) => ({
    code: 40204,
    message: `您的IP数量超限，最大数量为${addresses}个！`,
  }),
  missingParameter: (name: string) => ({ code: -2001, message: `参数校验失败：缺少必填参数${name}` }),
  badParameter: (name: string) => ({ code: -2001, message: `参数校验失败：${name}` }),
} as const satisfies Readonly<Record<string, TushareRefusal | ((...facts: never[]) => TushareRefusal)>>;

/** Thrown by an interface that cannot answer; the server turns it into an envelope. */
export class RefusedCall extends Error {
  readonly refusal: TushareRefusal;

  constructor(refusal: TushareRefusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}
