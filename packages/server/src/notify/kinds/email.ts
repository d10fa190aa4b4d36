import { isIP } from 'node:net';
import { createTransport, type TransportOptions } from 'nodemailer';
import { AppError } from '@tapekeeper/core';
import { z } from 'zod';
import type { Notifier } from '../../ports/notifier.ts';
import { startWatch } from '../deadlines.ts';
import { allowedAddresses, mailDestination } from '../destination.ts';
import { cutToBytes } from '../escaping.ts';
import type { NotifierOptions } from '../notifiers.ts';
import { readSettings } from '../readSettings.ts';
import { DOOR_LIMITS, resolveByMachine, unreachable } from '../safeDoor.ts';
import { refusedBy, saying } from '../verdict.ts';
import { wordsOf } from '../wording.ts';

const address = z.email().max(254);
const settingsSchema = z.strictObject({
  host: z.string().min(1).max(253),
  port: z.number().int().min(1).max(65_535),
  /** `tls` from the first byte, `starttls` after a greeting, `none` never: for servers of one's own network. */
  security: z.enum(['tls', 'starttls', 'none']),
  user: z.string().min(1).max(254).nullable(),
  from: address,
  to: z.array(address).min(1).max(20),
});
type MailSettings = z.output<typeof settingsSchema>;

const LONGEST_SUBJECT = 200;

/** Mail over a server of one's own choice, in plain text. */
export function createEmailNotifier(options: NotifierOptions): Notifier {
  const { privateHosts, pageUrl } = options;
  const checked = (given: unknown): MailSettings => {
    const settings = readSettings(settingsSchema, given);
    const { isListed } = mailDestination(settings.host, settings.port, privateHosts);
    if (settings.security === 'none' && !isListed)
      throw new AppError('channel_invalid', {
        problem:
          'security "none" is for servers that TAPEKEEPER_NOTIFY_PRIVATE_HOSTS lists; use tls or starttls.',
      });
    return settings;
  };
  return {
    kind: 'email',
    pace: { perMinute: 20, burst: 5 },
    check: (settings) => void checked(settings),
    async send(delivery) {
      const { channel, secret, message, deliveryId } = delivery;
      const settings = checked(channel.settings);
      const words = wordsOf(message, channel.language, pageUrl);
      const text = [...words.lines, ...(words.link === null ? [] : ['', words.link])].join('\n');
      return handOver(
        options,
        { name: channel.name, settings, secret, signal: delivery.signal },
        {
          from: settings.from,
          to: settings.to,
          subject: cutToBytes(words.title, LONGEST_SUBJECT),
          text: `${text}\n`,
          // the same for every try: readers of mail show it once
          messageId: `<${deliveryId}@tapekeeper>`,
          headers: { 'auto-submitted': 'auto-generated', 'x-tapekeeper-delivery': deliveryId },
          disableFileAccess: true,
          disableUrlAccess: true,
        },
      );
    },
  };
}

interface Mailbox {
  readonly name: string;
  readonly settings: MailSettings;
  readonly secret: string | undefined;
  readonly signal: AbortSignal;
}

/** Connects to a checked address only; the certificate must be that of the name. */
async function handOver(options: NotifierOptions, mailbox: Mailbox, mail: object): Promise<string> {
  const { clock, privateHosts, resolve = resolveByMachine, limits = DOOR_LIMITS } = options;
  const { name, settings, secret, signal } = mailbox;
  const destination = mailDestination(settings.host, settings.port, privateHosts);
  const { promise: gaveUp, reject } = Promise.withResolvers<never>();
  gaveUp.catch(() => {});
  const fail = (problem: string): void => reject(unreachable(name, problem));
  const watch = startWatch(clock, { ...limits, idleMs: limits.totalMs }, fail);
  const stop = (): void => fail('it was stopped.');
  signal.addEventListener('abort', stop, { once: true });
  let transport: ReturnType<typeof createTransport> | undefined;
  try {
    const [ip] = await Promise.race([allowedAddresses(destination, resolve), gaveUp]);
    transport = createTransport({
      host: ip,
      port: destination.port,
      secure: settings.security === 'tls',
      requireTLS: settings.security === 'starttls',
      ignoreTLS: settings.security === 'none',
      ...(settings.user === null ? {} : { auth: { user: settings.user, pass: secret ?? '' } }),
      tls: { ...(isIP(destination.host) === 0 && { servername: destination.host }), minVersion: 'TLSv1.2' },
      dnsTimeout: limits.idleMs,
      connectionTimeout: limits.idleMs,
      greetingTimeout: limits.idleMs,
      socketTimeout: limits.idleMs,
    } as TransportOptions);
    const { response } = (await Promise.race([transport.sendMail(mail), gaveUp])) as { response?: string };
    return saying(response ?? 'taken');
  } catch (error) {
    throw error instanceof AppError ? error : mailError(name, error);
  } finally {
    watch.stop();
    signal.removeEventListener('abort', stop);
    transport?.close();
  }
}

/** What the server refuses for good (5xx, wrong password) against what may pass. */
function mailError(channel: string, error: unknown): AppError {
  const { code, responseCode, message } = error as { code?: string; responseCode?: number; message?: string };
  const said = saying(message ?? String(error));
  const isFinal = responseCode === undefined ? code === 'EAUTH' || code === 'EENVELOPE' : responseCode >= 500;
  return isFinal ? refusedBy(channel, said) : unreachable(channel, said);
}
