import { z } from 'zod';
import type { Notifier } from '../../ports/notifier.ts';
import { cutToBytes, slackText } from '../escaping.ts';
import type { NotifierOptions } from '../notifiers.ts';
import { readRobotSecret } from '../robotSecret.ts';
import { readAnswer, refusedBy, requireTaken, saying } from '../verdict.ts';
import { wordsOf } from '../wording.ts';

/** Slack takes more, its likes (Mattermost, Rocket.Chat) no more than about this. */
const MOST_BYTES = 3_900;

const answerSchema = z.object({
  ok: z.boolean().optional(),
  success: z.boolean().optional(),
  error: z.unknown().optional(),
});

/** Incoming webhooks of Slack, and of services that understand the same. */
export function createSlackNotifier({ door, pageUrl }: NotifierOptions): Notifier {
  return {
    kind: 'slack',
    pace: { perMinute: 30, burst: 5 },
    check: (_settings, secret) => door.check(readRobotSecret(secret).url),
    async send({ channel, secret, message, signal }) {
      const { url } = readRobotSecret(secret);
      const words = wordsOf(message, channel.language, pageUrl);
      const text = [words.title, ...words.lines].map(slackText).join('\n');
      const link = words.link === null ? '' : `\n${words.link}`;
      const room = MOST_BYTES - Buffer.byteLength(link);
      const answer = await door.call({
        channel: channel.name,
        url,
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify({ text: cutToBytes(text, room) + link, mrkdwn: false, link_names: false }),
        signal,
      });
      requireTaken(channel.name, answer);
      if (/^\s*\{/.test(answer.body)) {
        const { ok, success, error } = readAnswer(channel.name, answer.body, answerSchema);
        if (ok === false || success === false)
          throw refusedBy(channel.name, saying(JSON.stringify(error ?? 'it said no')));
      }
      return `HTTP ${answer.status}: ${saying(answer.body)}`;
    },
  };
}
