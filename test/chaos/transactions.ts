import type { Conversation } from '../support/postgresProxy.ts';

// What a transaction is about, told from the tables that it writes to.

const ATTEMPTS = /\bINTO tapekeeper\.attempt\b/;
const ITEMS = /\bINTO tapekeeper\.item\b/;
const SHARD = /\bUPDATE tapekeeper\.shard\b/;
const FIRE = /\bINTO tapekeeper\.fire\b/;
const RUN_END = /\bopen_shards = open_shards - 1\b/;

/** Commits a batch of items with their rows. */
export function commitsItems({ statements }: Conversation): boolean {
  return statements.some((text) => ATTEMPTS.test(text));
}

/** Decides about due moments. */
export function decidesFires({ statements }: Conversation): boolean {
  return statements.some((text) => FIRE.test(text));
}

/** Changes who holds a shard or what is left of it, without rows. */
export function movesShard(conversation: Conversation): boolean {
  return conversation.statements.some((text) => SHARD.test(text)) && !commitsItems(conversation);
}

/** Brings a run further: items done, a plan made, a shard closed. */
export function bringsOn(conversation: Conversation): boolean {
  return (
    commitsItems(conversation) ||
    conversation.statements.some((text) => ITEMS.test(text) || RUN_END.test(text))
  );
}
