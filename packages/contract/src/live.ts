import { isTopic, MOST_TOPICS } from '@tapekeeper/core';
import { z } from 'zod';

/** Path of the WebSocket. */
export const LIVE_PATH = '/v1/live';

/** Codes with which the server closes a WebSocket, besides those of the protocol. */
export const LIVE_CLOSE = Object.freeze({
  /** Nobody, or somebody whose proof is void. */
  unproved: 4401,
  /** Too many messages, or too many connections. */
  policy: 1008,
  /** The server ends; whoever comes back finds it, or its successor. */
  restart: 1012,
  /** The client does not take what it is sent. */
  tooSlow: 1013,
});

const seqSchema = z
  .int()
  .nonnegative()
  .describe('number of an event; those that come later have greater ones');
export const topicSchema = z
  .string()
  .max(120)
  .refine(isTopic, 'no topic')
  .describe('what events are about: `runs`, `run:12`, `dataset:daily_bars`');
const topicsSchema = z.array(z.string().max(120)).min(1).max(MOST_TOPICS);

/** What a client may send over the WebSocket. */
export const liveRequestSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('auth'), token: z.string().min(1).max(4096) }),
  z.strictObject({ type: z.literal('subscribe'), topics: topicsSchema, after: seqSchema.optional() }),
  z.strictObject({ type: z.literal('unsubscribe'), topics: topicsSchema }),
  z.strictObject({ type: z.literal('ping') }),
]);
export type LiveRequest = z.output<typeof liveRequestSchema>;

export const liveEventSchema = z
  .object({
    seq: seqSchema,
    kind: z.string().describe('`run`, `job`, `progress` and so on'),
    at: z.number().describe('when it was told, milliseconds since 1970'),
    payload: z.record(z.string(), z.unknown()).describe('ids, states and counters'),
    merged: z.array(seqSchema).optional().describe('numbers of all events that it stands for'),
  })
  .meta({ id: 'LiveEvent' });

/** What the server sends: over the WebSocket, and as the data of server-sent events. */
export const liveMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), who: z.string(), upTo: seqSchema }),
  z.object({ type: z.literal('subscribed'), topics: z.array(z.string()), upTo: seqSchema }),
  z.object({ type: z.literal('events'), events: z.array(liveEventSchema), upTo: seqSchema }),
  z.object({ type: z.literal('resync'), topics: z.array(z.string()), upTo: seqSchema }),
  z.object({ type: z.literal('pong'), upTo: seqSchema }),
  z.object({
    type: z.literal('error'),
    code: z.string(),
    detail: z.string(),
    detailZh: z.string(),
    upTo: seqSchema,
  }),
]);
export type LiveMessage = z.output<typeof liveMessageSchema>;

export const eventsQuerySchema = z.strictObject({
  topics: z
    .string()
    .max(4_000)
    .transform((text) => text.split(',').map((topic) => topic.trim()))
    .pipe(z.array(topicSchema).min(1).max(MOST_TOPICS))
    .describe('topics parted by commas'),
  after: z.coerce.number().int().nonnegative().optional().describe('the last number that is known'),
});
