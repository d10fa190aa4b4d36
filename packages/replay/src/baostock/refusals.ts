/** How BaoStock refuses: a code and a text in a frame of type 04. */
export interface BaostockRefusal {
  readonly code: number | string;
  readonly message: string;
}

export const BAOSTOCK_REFUSALS = {
  notLoggedIn: { code: '10001001', message: '用户未登录' },
  emptyUser: { code: '10001008', message: '用户名为空' },
  emptyPassword: { code: '10001009', message: '密码为空' },
  clientTooOld: { code: '10001004', message: '客户端版本号过期' },
  loginLimit: { code: '10001005', message: '账号登陆数达到上限' },
  blacklisted: { code: '10001011', message: '黑名单用户，请与管理员联系' },
  badParameter: { code: '10004006', message: '参数错误' },
  badStart: { code: '10004007', message: '起始日期格式不正确' },
  badEnd: { code: '10004008', message: '截止日期格式不正确' },
  dayOrder: { code: '10004009', message: '起始日期大于终止日期' },
  badDay: { code: '10004010', message: '日期格式不正确' },
  badCode: { code: '10004011', message: '证券代码不正确' },
  badField: { code: '10004012', message: '指标参数错误' },
  repeatedField: { code: '10004018', message: '指标参数重复' },
  badFrame: { code: '10004019', message: '消息格式不正确' },
  badType: { code: '10004020', message: '错误的消息类型' },
} as const satisfies Readonly<Record<string, BaostockRefusal>>;

/** Thrown by a question that cannot be answered; the server turns it into a frame. */
export class RefusedQuestion extends Error {
  readonly refusal: BaostockRefusal;

  constructor(refusal: BaostockRefusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}
