import { createHmac } from 'node:crypto';
import type { Notifier } from '../../ports/notifier.ts';
import { cutToBytes, plainMarkdown } from '../escaping.ts';
import type { NotifierOptions } from '../notifiers.ts';
import { readRobotSecret, withQuery } from '../robotSecret.ts';
import { readErrcode, requireTaken, requireZero } from '../verdict.ts';
import { wordsOf } from '../wording.ts';

/** It takes 20,000 bytes of body, and letters take more room in JSON. */
const MOST_BYTES = 8_000;
const MOST_TITLE_BYTES = 200;
/** Busy, or asked too fast. */
const PASSING = [-1, 130101, 410100];

/** Robots of DingTalk groups, with or without a signature. More than 20 messages a minute shut one out for ten. */
export function createDingtalkNotifier({ door, clock, pageUrl }: NotifierOptions): Notifier {
  return {
    kind: 'dingtalk',
    pace: { perMinute: 12, burst: 5 },
    check: (_settings, secret) => door.check(readRobotSecret(secret).url),
    async send({ channel, secret, message, signal }) {
      const { url, signingKey } = readRobotSecret(secret);
      const words = wordsOf(message, channel.language, pageUrl);
      const title = cutToBytes(plainMarkdown(words.title), MOST_TITLE_BYTES);
      const link = words.link === null ? [] : [`[${words.linkText}](${words.link})`];
      const lines = cutToBytes(words.lines.map(plainMarkdown).join('\n\n'), MOST_BYTES);
      const text = [`### ${title}`, lines, ...link].join('\n\n');
      const timestamp = String(clock.now());
      const signed = signingKey === undefined ? {} : { timestamp, sign: dingtalkSign(timestamp, signingKey) };
      const answer = await door.call({
        channel: channel.name,
        url: withQuery(url, signed),
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify({ msgtype: 'markdown', markdown: { title, text }, at: { isAtAll: false } }),
        signal,
      });
      requireTaken(channel.name, answer);
      return requireZero(channel.name, readErrcode(channel.name, answer.body), PASSING);
    },
  };
}

/** Its key signs the time, in milliseconds, and itself. */
export function dingtalkSign(timestamp: string, signingKey: string): string {
  return createHmac('sha256', signingKey).update(`${timestamp}\n${signingKey}`).digest('base64');
}
