import { coalesce, type LiveEvent } from '@tapekeeper/core';
import type { LoggedEvent } from '../ports/eventStore.ts';
import type { LiveMessage } from '../ports/liveGateway.ts';

/** An event with the topics that it belongs to. */
export interface Entry {
  readonly event: LoggedEvent;
  readonly topics: readonly string[];
}

/** More are told in several frames, so that none is large. */
const EVENTS_A_FRAME = 500;

/**
 * Events, oldest first, as frames. Whoever has got all of them has everything of its topics up to `upTo`, which
 * is not below any of the events.
 */
export function framesOf(entries: readonly Entry[], upTo: number): readonly LiveMessage[] {
  const frames: LiveMessage[] = [];
  for (let from = 0; from < entries.length; from += EVENTS_A_FRAME) {
    const part = entries.slice(from, from + EVENTS_A_FRAME);
    const isLast = from + EVENTS_A_FRAME >= entries.length;
    frames.push(frameOf(part, isLast ? upTo : (part.at(-1) as Entry).event.seq));
  }
  return frames.length > 0 ? frames : [frameOf([], upTo)];
}

function frameOf(entries: readonly Entry[], upTo: number): LiveMessage {
  const events: readonly LiveEvent[] = coalesce(entries.map(({ event }) => event));
  return { ...message('events', upTo, { events }), events };
}

/** Any message that the server sends. */
export function message(
  type: string,
  upTo: number,
  rest: Readonly<Record<string, unknown>> = {},
): LiveMessage {
  return { type, upTo, json: JSON.stringify({ type, ...rest, upTo }) };
}
