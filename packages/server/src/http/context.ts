import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Identity, Instant } from '@tapekeeper/core';
import type { CoverageReader } from '../app/coverageReader.ts';
import type { AppDeps } from '../app/deps.ts';
import type { SchemaStatus } from '../app/readiness.ts';
import type { LiveGateway } from '../ports/liveGateway.ts';

/** What is fixed for the life of a server. */
export interface ServerFacts {
  readonly version: string;
  readonly mode: 'live' | 'replay';
  readonly startedAt: Instant;
}

/** What the routes work with. */
export interface HttpContext {
  readonly deps: AppDeps;
  readonly facts: ServerFacts;
  readonly coverage: CoverageReader;
  readonly schemaStatus: () => Promise<SchemaStatus>;
  /** Since the scheduler of this process last turned; null where it has none. */
  readonly ownTurnMs: () => number | null;
  /** What tells of events, and who asks for them now; undefined beside a single command. */
  readonly live: LiveContext | undefined;
}

export interface LiveContext {
  readonly gateway: LiveGateway;
  /** Who shows the proof of a request now. */
  readonly identify: (request: FastifyRequest) => Promise<Identity>;
}

/** The server with routes whose types follow from their schemas. */
export type HttpApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;
