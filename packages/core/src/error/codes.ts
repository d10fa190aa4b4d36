import type { ErrorSpec } from './spec.ts';
import { ACCESS_ERRORS } from './codes/access.ts';
import { ALERT_ERRORS } from './codes/alerts.ts';
import { CHANNEL_ERRORS } from './codes/channels.ts';
import { DOOR_ERRORS } from './codes/door.ts';
import { IMPORT_ERRORS } from './codes/imports.ts';
import { INSTALLATION_ERRORS } from './codes/installation.ts';
import { JOB_ERRORS } from './codes/jobs.ts';
import { LIVE_ERRORS } from './codes/live.ts';
import { QUESTION_ERRORS } from './codes/questions.ts';
import { REQUEST_ERRORS } from './codes/requests.ts';
import { RUN_ERRORS } from './codes/runs.ts';
import { SECRET_ERRORS } from './codes/secrets.ts';
import { TASK_ERRORS } from './codes/tasks.ts';
import { UPSTREAM_ERRORS } from './codes/upstream.ts';
import { WORKFLOW_ERRORS } from './codes/workflows.ts';

const PARTS = [
  QUESTION_ERRORS,
  JOB_ERRORS,
  RUN_ERRORS,
  UPSTREAM_ERRORS,
  TASK_ERRORS,
  INSTALLATION_ERRORS,
  DOOR_ERRORS,
  ACCESS_ERRORS,
  SECRET_ERRORS,
  CHANNEL_ERRORS,
  ALERT_ERRORS,
  LIVE_ERRORS,
  WORKFLOW_ERRORS,
  REQUEST_ERRORS,
  IMPORT_ERRORS,
] as const;

type Merged<Part> = (Part extends unknown ? (part: Part) => void : never) extends (part: infer All) => void
  ? All
  : never;

/**
 * Every error the product can raise: one line each with its text, HTTP status, exit code of the
 * command line, and what a caller may expect of another try. The docs page is made from this table.
 */
export const ERRORS = merged(PARTS) as Readonly<Merged<(typeof PARTS)[number]>>;

export type ErrorCode = keyof typeof ERRORS;
export type Language = 'en' | 'zh';

/** A code in two parts would say one thing here and another there. */
function merged(parts: readonly Readonly<Record<string, ErrorSpec>>[]): Readonly<Record<string, ErrorSpec>> {
  const all: Record<string, ErrorSpec> = {};
  for (const [code, spec] of parts.flatMap((part) => Object.entries(part))) {
    if (Object.hasOwn(all, code)) throw new Error(`the error ${code} is in the registry twice`);
    all[code] = spec;
  }
  return Object.freeze(all);
}
