import { createHmac } from 'node:crypto';
import { isoInstant } from '@tapekeeper/core';
import { z } from 'zod';
import type { Notifier } from '../../ports/notifier.ts';
import type { NotifierOptions } from '../notifiers.ts';
import { readSettings } from '../readSettings.ts';
import { requireTaken, saying } from '../verdict.ts';
import { wordsOf } from '../wording.ts';

const settingsSchema = z.strictObject({ url: z.string().max(2000) });

/**
 * A POST of JSON to an address of one's own. Where the channel has a secret, it is signed: `tapekeeper-signature`
 * is `v1=` and the HMAC-SHA256, in hex, of `tapekeeper-timestamp`, a dot, and the body as it came. Whoever receives
 * it refuses timestamps that are not within five minutes, and takes each `tapekeeper-delivery` once.
 */
export function createWebhookNotifier({ door, clock, pageUrl }: NotifierOptions): Notifier {
  return {
    kind: 'webhook',
    pace: { perMinute: 60, burst: 10 },
    check: (settings) => door.check(readSettings(settingsSchema, settings).url),
    async send({ channel, secret, message, deliveryId, signal }) {
      const { url } = readSettings(settingsSchema, channel.settings);
      const { kind, severity, incidentId, cause, title, text, at, path } = message;
      const body = JSON.stringify({
        delivery: deliveryId,
        kind,
        severity,
        incidentId,
        cause,
        title,
        text,
        at: isoInstant(at),
        path,
        url: wordsOf(message, channel.language, pageUrl).link,
      });
      const timestamp = String(Math.floor(clock.now() / 1000));
      const answer = await door.call({
        channel: channel.name,
        url,
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'tapekeeper-delivery': deliveryId,
          'tapekeeper-timestamp': timestamp,
          ...(secret === undefined
            ? {}
            : { 'tapekeeper-signature': webhookSignature(secret, timestamp, body) }),
        },
        body,
        signal,
      });
      requireTaken(channel.name, answer);
      return `HTTP ${answer.status}: ${saying(answer.body)}`;
    },
  };
}

export function webhookSignature(secret: string, timestamp: string, body: string): string {
  return `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}
