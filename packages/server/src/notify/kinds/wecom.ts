import type { Notifier } from '../../ports/notifier.ts';
import { cutToBytes, plainMarkdown } from '../escaping.ts';
import type { NotifierOptions } from '../notifiers.ts';
import { readRobotSecret } from '../robotSecret.ts';
import { readErrcode, requireTaken, requireZero } from '../verdict.ts';
import { wordsOf } from '../wording.ts';

/** Its markdown may have 4,096 bytes. */
const MOST_BYTES = 4_096;
const MOST_TITLE_BYTES = 200;
/** Busy, or asked too fast. */
const PASSING = [-1, 45009, 45033];

/** Robots of WeCom groups. More than 20 messages a minute are not taken. */
export function createWecomNotifier({ door, pageUrl }: NotifierOptions): Notifier {
  return {
    kind: 'wecom',
    pace: { perMinute: 12, burst: 5 },
    check: (_settings, secret) => door.check(readRobotSecret(secret).url),
    async send({ channel, secret, message, signal }) {
      const { url } = readRobotSecret(secret);
      const words = wordsOf(message, channel.language, pageUrl);
      const title = `### ${cutToBytes(plainMarkdown(words.title), MOST_TITLE_BYTES)}\n`;
      const link = words.link === null ? '' : `\n[${words.linkText}](${words.link})`;
      const room = MOST_BYTES - Buffer.byteLength(title + link);
      const content = title + cutToBytes(words.lines.map(plainMarkdown).join('\n'), room) + link;
      const answer = await door.call({
        channel: channel.name,
        url,
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify({ msgtype: 'markdown', markdown: { content } }),
        signal,
      });
      requireTaken(channel.name, answer);
      return requireZero(channel.name, readErrcode(channel.name, answer.body), PASSING);
    },
  };
}
