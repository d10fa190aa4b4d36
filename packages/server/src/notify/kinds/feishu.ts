import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { Notifier } from '../../ports/notifier.ts';
import { cutToBytes, plainMarkdown } from '../escaping.ts';
import type { NotifierOptions } from '../notifiers.ts';
import { readRobotSecret } from '../robotSecret.ts';
import { readAnswer, requireTaken, requireZero } from '../verdict.ts';
import { wordsOf } from '../wording.ts';

/** It takes 20 kB of body. */
const MOST_BYTES = 8_000;
const MOST_TITLE_BYTES = 200;
/** Asked too fast. */
const PASSING = [11232, 99991400];

/** The code has had two names. */
const answerSchema = z
  .object({
    code: z.number().int().optional(),
    msg: z.string().optional(),
    StatusCode: z.number().int().optional(),
    StatusMessage: z.string().optional(),
  })
  .refine(({ code, StatusCode }) => code !== undefined || StatusCode !== undefined);

/** Robots of Feishu and Lark groups, with or without a signature. */
export function createFeishuNotifier({ door, clock, pageUrl }: NotifierOptions): Notifier {
  return {
    kind: 'feishu',
    pace: { perMinute: 60, burst: 5 },
    check: (_settings, secret) => door.check(readRobotSecret(secret).url),
    async send({ channel, secret, message, signal }) {
      const { url, signingKey } = readRobotSecret(secret);
      const words = wordsOf(message, channel.language, pageUrl);
      const text = cutToBytes(words.lines.map(plainMarkdown).join('\n'), MOST_BYTES);
      const lines: object[][] = text.split('\n').map((line) => [{ tag: 'text', text: line }]);
      if (words.link !== null) lines.push([{ tag: 'a', text: words.linkText, href: words.link }]);
      const title = cutToBytes(plainMarkdown(words.title), MOST_TITLE_BYTES);
      const post = { [channel.language === 'zh' ? 'zh_cn' : 'en_us']: { title, content: lines } };
      const timestamp = String(Math.floor(clock.now() / 1000));
      const signed = signingKey === undefined ? {} : { timestamp, sign: feishuSign(timestamp, signingKey) };
      const answer = await door.call({
        channel: channel.name,
        url,
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify({ ...signed, msg_type: 'post', content: { post } }),
        signal,
      });
      // it says why with a status of 400 as well; what is in between says nothing of the kind
      if (!/^\s*\{/.test(answer.body)) requireTaken(channel.name, answer);
      const { code, msg, StatusCode, StatusMessage } = readAnswer(channel.name, answer.body, answerSchema);
      const verdict = { code: code ?? StatusCode ?? 0, said: msg ?? StatusMessage ?? '' };
      const said = requireZero(channel.name, verdict, PASSING);
      requireTaken(channel.name, answer);
      return said;
    },
  };
}

/** Time, in seconds, and key together sign nothing. */
export function feishuSign(timestamp: string, signingKey: string): string {
  return createHmac('sha256', `${timestamp}\n${signingKey}`).update('').digest('base64');
}
