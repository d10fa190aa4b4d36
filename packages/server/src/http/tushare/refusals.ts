/** How Tushare refuses: with HTTP status 200, a code, and a text that carries the meaning. */
export interface TushareRefusal {
  readonly code: number;
  readonly message: string;
}

export const REFUSALS = {
  badToken: { code: 40101, message: '您的token不对，请确认。' },
  unknownApi: { code: 40101, message: '请指定正确的接口名' },
  badParameter: (name: string) => ({ code: -2001, message: `参数校验失败：${name}` }),
  missingParameter: (names: string) => ({ code: -2001, message: `必填参数：${names}` }),
} as const satisfies Readonly<Record<string, TushareRefusal | ((name: string) => TushareRefusal)>>;

/** Thrown by what cannot answer; the route makes an envelope of it. */
export class RefusedCall extends Error {
  readonly refusal: TushareRefusal;

  constructor(refusal: TushareRefusal) {
    super(refusal.message);
    this.name = 'RefusedCall';
    this.refusal = refusal;
  }
}
