import type { Fault } from '../faults/fault.ts';
import { refusal as datacenterRefusal } from './eastmoney/datacenter.ts';
import type { Origin } from './origins.ts';
import { html, json, jsonText, plain, type Reply } from './reply.ts';

/** What a visitor has to prove himself with; a browser shows a slider here. */
const CAPTCHA_PAGE =
  '<!DOCTYPE html><html><head><meta charset="utf-8"><title>安全验证</title></head><body>' +
  '<div id="captcha">请完成安全验证：拖动滑块完成拼图</div><script src="/captcha/slider.js"></script></body></html>';

const NOTICE_PAGE =
  '<!DOCTYPE html><html><head><meta charset="utf-8"><title>拒绝访问</title></head><body>' +
  '<p>你的 IP 存在异常访问(例如: 爬虫/攻击/探测 等), 已被新浪安全部门封禁.</p></body></html>';

export function pageReply(page: 'captcha' | 'notice'): Reply {
  return html(page === 'captcha' ? CAPTCHA_PAGE : NOTICE_PAGE);
}

/** An error in the words of an origin; origins without words of their own answer by status. */
export function errorReply(origin: Origin, { code, message }: Extract<Fault, { kind: 'error' }>): Reply {
  if (origin === 'push2' || origin === 'push2his') {
    return jsonText(`{"rc":${JSON.stringify(code)},"rt":4,"svr":0,"lt":1,"full":0,"data":null}`);
  }
  if (origin === 'datacenter') return datacenterRefusal(code, message);
  if (origin === 'tencent_kline') return json({ code, msg: message, data: [] });
  const isStatus = typeof code === 'number' && code >= 400 && code <= 599;
  return isStatus ? plain(code, message) : json({ code, message });
}
