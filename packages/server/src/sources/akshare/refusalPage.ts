/** Bytes in which a page says what it is. */
const HEAD_BYTES = 8192;

const CAPTCHA = /captcha|verif(?:y|ication)|验证|滑块|滑动|robot/i;
const SHUT_OUT = /异常访问|封禁|访问过于频繁|access denied/i;

/**
 * What an answer with status 200 says if it is a page for people that shuts the caller out, undefined for
 * any other answer. No interface sends HTML, so that a headline about a captcha is never taken for one.
 */
export function refusalPage(body: Buffer): string | undefined {
  const head = body.subarray(0, HEAD_BYTES);
  for (const charset of ['utf-8', 'gbk']) {
    const text = new TextDecoder(charset).decode(head);
    const isPage = /^[\s\ufeff]*<(?:!doctype html|html|head|body|script|div)\b/i.test(text);
    const isNotice = /^[^[{="']{0,40}(?:IP|拒绝)/.test(text) && SHUT_OUT.test(text);
    if (isNotice || (isPage && SHUT_OUT.test(text))) return 'a notice says that this address is blocked.';
    if (isPage && CAPTCHA.test(text)) return 'a captcha is shown instead of data.';
  }
  return undefined;
}
