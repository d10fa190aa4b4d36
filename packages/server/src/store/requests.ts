import { AppError } from '@tapekeeper/core';
import type {
  KeyedRequest,
  Making,
  RequestClaim,
  RequestStanding,
  RequestStore,
} from '../ports/requestStore.ts';
import { sql, type Database, type Queries } from './connection.ts';
import { triggerJob } from './fires/triggerJob.ts';
import { createJob } from './jobs/writeJobs.ts';
import { beginReconciliation } from './reconciliation.ts';
import { createRun } from './runs.ts';

/** Far longer than a request may take: whoever holds a claim for this long has died over it. */
const DEAD_AFTER_MS = 60_000;
/** Asked for once in a statement, so that an index on times can be used. */
const OLDEST_KNOWN = sql`(SELECT tapekeeper.now() - interval '24 hours')`;
/** Old keys that one claim clears away; each brings at most one, so that they never pile up. */
const SWEPT_AT_A_TIME = 20;

/** Requests with keys, bound to one database. */
export function createRequestStore(db: Database): RequestStore {
  return {
    claimRequest: (request) => claimRequest(db, request),
    makingFor: (claim) => makingUnder(noting(db, claim)),
    keepAnswer: (claim, madeId, answer) => keepAnswer(db, claim, madeId, answer),
    forgetRequest: (claim) => forgetRequest(db, claim),
  };
}

function makingUnder(db: Database): Making {
  return {
    createRun: (run) => createRun(db, run),
    triggerJob: (id, trigger) => triggerJob(db, id, trigger),
    createJob: (job, next) => createJob(db, job, next),
    beginReconciliation: (begun) => db.transaction((tx) => beginReconciliation(tx, begun)),
  };
}

/** A database whose transactions say at their end, under the claim, what they have made: a thing or its number. */
function noting(db: Database, claim: RequestClaim): Database {
  return {
    ...db,
    transaction: (work) =>
      db.transaction(async (tx) => {
        const made = await work(tx);
        await noteMade(tx, claim, typeof made === 'number' ? made : (made as { readonly id: number }).id);
        return made;
      }),
  };
}

/** Raises `idempotency_busy`, which undoes the transaction, where another attempt has taken the request over. */
async function noteMade(tx: Queries, { id, attempt }: RequestClaim, madeId: number): Promise<void> {
  const noted = await tx.maybe(sql`
    UPDATE tapekeeper.idempotent_request SET made_id = coalesce(made_id, ${madeId})
    WHERE id = ${id} AND attempt = ${attempt} RETURNING id`);
  if (noted === undefined) throw new AppError('idempotency_busy', { seconds: 1 });
}

interface KnownRequest {
  readonly id: number;
  readonly attempt: number;
  readonly operation: string;
  readonly isSame: boolean;
  readonly heldMs: number;
  readonly madeId: number | null;
  readonly answer: unknown;
}

async function claimRequest(db: Database, request: KeyedRequest): Promise<RequestStanding> {
  const { owner, key, operation, digest } = request;
  await sweep(db);
  return db.transaction(async (tx) => {
    await tx.rows(sql`
      DELETE FROM tapekeeper.idempotent_request
      WHERE owner = ${owner} AND key = ${key} AND created_at < ${OLDEST_KNOWN}`);
    const claim = await tx.maybe<RequestClaim>(sql`
      INSERT INTO tapekeeper.idempotent_request (owner, key, operation, digest)
      VALUES (${owner}, ${key}, ${operation}, ${digest}) ON CONFLICT (owner, key) DO NOTHING
      RETURNING id, attempt`);
    if (claim !== undefined) return { kind: 'claimed', claim };
    const known = await tx.maybe<KnownRequest>(sql`
      SELECT id, attempt, operation, operation = ${operation} AND digest = ${digest} AS "isSame", made_id AS "madeId", answer,
        extract(epoch FROM tapekeeper.now() - claimed_at)::float8 * 1000 AS "heldMs"
      FROM tapekeeper.idempotent_request WHERE owner = ${owner} AND key = ${key} FOR UPDATE`);
    // it was there a moment ago, and has been given up since
    if (known === undefined) return { kind: 'busy', leftMs: 0 };
    return standingOf(tx, known);
  });
}

async function standingOf(tx: Queries, known: KnownRequest): Promise<RequestStanding> {
  const { id, attempt, madeId, answer, heldMs, operation } = known;
  if (!known.isSame) return { kind: 'mismatch', operation };
  if (madeId !== null) return { kind: 'made', claim: { id, attempt }, madeId, answer };
  if (heldMs < DEAD_AFTER_MS) return { kind: 'busy', leftMs: DEAD_AFTER_MS - heldMs };
  const claim = await tx.one<RequestClaim>(sql`
    UPDATE tapekeeper.idempotent_request SET attempt = attempt + 1, claimed_at = tapekeeper.now()
    WHERE id = ${id} RETURNING id, attempt`);
  return { kind: 'claimed', claim };
}

/** The oldest keys go, past those that somebody is looking at. */
async function sweep(db: Database): Promise<void> {
  await db.rows(sql`
    DELETE FROM tapekeeper.idempotent_request WHERE id IN (
      SELECT id FROM tapekeeper.idempotent_request WHERE created_at < ${OLDEST_KNOWN}
      ORDER BY created_at LIMIT ${SWEPT_AT_A_TIME} FOR UPDATE SKIP LOCKED)`);
}

async function keepAnswer(
  db: Queries,
  { id, attempt }: RequestClaim,
  madeId: number,
  answer: unknown,
): Promise<void> {
  await db.rows(sql`
    UPDATE tapekeeper.idempotent_request
    SET made_id = coalesce(made_id, ${madeId}), answer = ${JSON.stringify(answer)}::json
    WHERE id = ${id} AND attempt = ${attempt} AND answer IS NULL`);
}

async function forgetRequest(db: Queries, { id, attempt }: RequestClaim): Promise<void> {
  await db.rows(sql`
    DELETE FROM tapekeeper.idempotent_request WHERE id = ${id} AND attempt = ${attempt} AND made_id IS NULL`);
}
