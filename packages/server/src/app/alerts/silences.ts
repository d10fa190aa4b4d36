import { AppError, DAY_MS, type Instant, type SilenceMatcher } from '@tapekeeper/core';
import type { SilenceId, SilenceView } from '../../ports/alertStore.ts';
import type { AppDeps } from '../deps.ts';
import { readAuthor, readReason } from '../quality/author.ts';

type Deps = Pick<AppDeps, 'store'>;

/** A silence that is never lifted hides what it was made for: it has to be asked for again. */
const LONGEST_MS = 90 * DAY_MS;

export interface SilenceWish {
  readonly matcher: SilenceMatcher;
  /** Now where left out. */
  readonly from: Instant | undefined;
  /** Its end, or how long it lasts. */
  readonly until: Instant | undefined;
  readonly minutes: number | undefined;
  readonly reason: string;
  readonly author: string;
}

/** Raises `bad_silence`, `bad_request`. */
export async function createSilence({ store }: Deps, wish: SilenceWish): Promise<SilenceView> {
  const now = await store.now();
  return store.createSilence({ ...checked(wish, now), author: readAuthor(wish.author) });
}

/** Raises `unknown_silence`, `bad_silence`, `bad_request`. */
export async function updateSilence(
  { store }: Deps,
  id: SilenceId,
  wish: Omit<SilenceWish, 'author'>,
): Promise<{ readonly before: SilenceView; readonly after: SilenceView }> {
  const before = await store.silence(id);
  if (before === undefined) throw new AppError('unknown_silence', { id });
  const change = checked({ ...wish, from: wish.from ?? before.from }, await store.now());
  const after = await store.updateSilence(id, change);
  if (after === undefined) throw new AppError('unknown_silence', { id });
  return { before, after };
}

/** Raises `unknown_silence`. */
export async function endSilence({ store }: Deps, id: SilenceId, by: string): Promise<SilenceView> {
  const ended = await store.endSilence(id, by);
  if (ended === undefined) throw new AppError('unknown_silence', { id });
  return ended;
}

function checked(
  { matcher, from, until: end, minutes, reason }: Omit<SilenceWish, 'author'>,
  now: Instant,
): Omit<SilenceView, 'id' | 'author' | 'createdAt' | 'endedAt' | 'endedBy'> {
  const start = from ?? now;
  if ((end === undefined) === (minutes === undefined))
    throw new AppError('bad_silence', { problem: 'say either its end or how many minutes it lasts.' });
  const until = end ?? start + (minutes ?? 0) * 60_000;
  if (until <= start || until <= now)
    throw new AppError('bad_silence', { problem: 'it would be over before it begins.' });
  if (until - Math.max(start, now) > LONGEST_MS)
    throw new AppError('bad_silence', { problem: 'it may last ninety days at most.' });
  return { matcher, from: start, until, reason: readReason(reason) };
}
