import type { Instant } from '../day.ts';
import type { Proof } from '../access/identity.ts';

/** Kinds of things that operations change. */
export const OBJECT_KINDS = [
  'alert_rule',
  'api_token',
  'backup',
  'channel',
  'coverage',
  'group',
  'hole',
  'host',
  'incident',
  'job',
  'priority',
  'quarantine',
  'reconciliation',
  'run',
  'secret',
  'session',
  'setting',
  'silence',
  'source',
  'symbol_set',
  'target',
  'user',
  'worker',
] as const;
export type ObjectKind = (typeof OBJECT_KINDS)[number];

/** How an operation ended; `unknown` while nobody has said, which stays so when the process died over it. */
export const OPERATION_RESULTS = ['unknown', 'ok', 'refused', 'failed'] as const;
export type OperationResult = (typeof OPERATION_RESULTS)[number];

/** Decisions that the program takes by itself and that change something, as actions of the audit log. */
export const AUTOMATIC_ACTIONS = [
  'autoBreakerClosed',
  'autoBreakerOpened',
  'autoFirstAdmin',
  'autoIncidentClosed',
  'autoIncidentOpened',
  'autoJobNotDecided',
  'autoRetention',
  'autoRightForgotten',
  'autoRightLearned',
  'autoRunForced',
  'autoRunTimedOut',
  'autoShardsRescued',
  'autoStarterJobs',
  'autoTokensRevoked',
] as const;
export type AutomaticAction = (typeof AUTOMATIC_ACTIONS)[number];

/** The object of an operation, with what it was and has become; secrets are never part of either. */
export interface OperationObject {
  readonly kind: ObjectKind | null;
  readonly id: string | null;
  readonly before: unknown;
  readonly after: unknown;
}

/** A line of the audit log. */
export interface Operation {
  readonly id: number;
  readonly at: Instant;
  /** Operation id of the interface, or an automatic action. */
  readonly action: string;
  readonly actor: string;
  readonly userId: number | null;
  readonly proof: Proof | 'system';
  readonly object: OperationObject;
  readonly result: OperationResult;
  /** Status of the answer; null for automatic decisions. */
  readonly status: number | null;
  readonly errorCode: string | null;
  readonly durationMs: number | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly requestId: string | null;
}
