import { AppError } from '@tapekeeper/core';
import { z } from 'zod';
import { cutToBytes } from './escaping.ts';
import { unreachable, type DoorAnswer } from './safeDoor.ts';

/** Bytes of a word of the other side that are kept. */
const LONGEST_SAYING = 400;

/** Throws `channel_refused` or `channel_unreachable` for a status that means that it was not taken. */
export function requireTaken(channel: string, { status, body }: DoorAnswer): void {
  if (status >= 200 && status < 300) return;
  if (status >= 300 && status < 400)
    throw refusedBy(channel, `it redirects (HTTP ${status}); redirects are not followed.`);
  const said = `HTTP ${status}: ${saying(body)}`;
  if (status === 408 || status === 429 || status >= 500) throw unreachable(channel, said);
  throw refusedBy(channel, said);
}

/** A code that a service answers with in a 200. */
export interface ServiceAnswer {
  readonly code: number;
  readonly said: string;
}

/**
 * What a service says with the code of its own: 0 is yes. Codes that pass are tried again. Throws
 * `channel_refused` or `channel_unreachable`.
 */
export function requireZero(
  channel: string,
  { code, said }: ServiceAnswer,
  passing: readonly number[],
): string {
  const words = `${code} ${saying(said)}`;
  if (code === 0) return words;
  throw passing.includes(code) ? unreachable(channel, words) : refusedBy(channel, words);
}

const errcodeSchema = z.object({ errcode: z.coerce.number().int(), errmsg: z.coerce.string().default('') });

/** `{"errcode": 0, "errmsg": "ok"}`, as DingTalk and WeCom answer. */
export function readErrcode(channel: string, body: string): ServiceAnswer {
  const { errcode, errmsg } = readAnswer(channel, body, errcodeSchema);
  return { code: errcode, said: errmsg };
}

/** An answer that is not in the form of the service comes from something else in between. */
export function readAnswer<T>(channel: string, body: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(body));
  } catch (error) {
    throw new AppError(
      'channel_unreachable',
      { channel, message: `its answer is not understood: ${saying(body)}` },
      error,
    );
  }
}

export function refusedBy(channel: string, message: string): AppError {
  return new AppError('channel_refused', { channel, message });
}

/** What was said, short and on one line. */
export function saying(text: string): string {
  const line = text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return line === '' ? '(nothing)' : cutToBytes(line, LONGEST_SAYING);
}
