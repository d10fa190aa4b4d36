import type { Operation } from '@tapekeeper/core';
import { z } from 'zod';
import type { AppDeps } from '../../../../app/deps.ts';
import { syncFigures } from '../../../../app/runs/syncFigures.ts';
import type { LogLine } from '../../../../ports/logPageStore.ts';
import type { RunView } from '../../../../ports/viewStore.ts';
import { naiveShanghai } from '../../times.ts';
import { usedSources } from '../sync/syncStats.ts';
import { TELLING, typeOf } from './actionTypes.ts';

export const logSchema = z
  .strictObject({
    /** Number of a line of the audit log, or `run-` and that of a run. */
    id: z.string(),
    user_id: z.string(),
    username: z.string(),
    action_type: z.string(),
    action: z.string(),
    details: z.record(z.string(), z.unknown()).nullable(),
    success: z.boolean(),
    error_message: z.string().nullable(),
    duration_ms: z.int().nullable(),
    ip_address: z.string().nullable(),
    user_agent: z.string().nullable(),
    session_id: z.string().nullable(),
    timestamp: z.string(),
    created_at: z.string(),
  })
  .meta({ id: 'TradingAgentsOperationLog' });

export type Log = z.infer<typeof logSchema>;

export async function presentLine(deps: Pick<AppDeps, 'store'>, line: LogLine): Promise<Log> {
  return line.kind === 'operation' ? presentOperation(line.operation) : presentSync(deps, line.run);
}

export function presentOperation(operation: Operation): Log {
  const { id, at, action, actor, userId, object, result, errorCode, requestId, status } = operation;
  const told = action === TELLING ? toldBy(object.after) : {};
  return {
    id: String(id),
    user_id: userId === null ? '' : String(userId),
    username: actor,
    action_type: typeOf({ action, kind: object.kind, told: told.action_type ?? null }),
    action: told.action ?? [action, object.kind, object.id].filter((word) => word !== null).join(' '),
    details:
      told.details === undefined
        ? { ...object, status, request_id: requestId, result }
        : (told.details ?? null),
    success: result === 'ok' && told.success !== false,
    error_message: told.error_message ?? errorCode,
    duration_ms: told.duration_ms ?? operation.durationMs,
    ip_address: operation.ip,
    user_agent: operation.userAgent,
    session_id: null,
    timestamp: naiveShanghai(at),
    created_at: naiveShanghai(at),
  };
}

/** The end of a sync of the stock list, as the documented service writes it into the log. */
export async function presentSync(deps: Pick<AppDeps, 'store'>, run: RunView): Promise<Log> {
  const figures = await syncFigures(deps, run);
  const { total, inserted, updated, errors } = figures;
  const { startedAt, finishedAt, createdAt } = run;
  return {
    id: `run-${run.id}`,
    user_id: '',
    username: run.requestedBy ?? 'system',
    action_type: 'data_import',
    action: '运行股票基础信息同步',
    details: {
      run_id: run.id,
      job_id: run.jobKey,
      cause: run.cause,
      status: run.state,
      force: run.params?.force ?? false,
      total,
      inserted,
      updated,
      errors,
      data_sources_used: usedSources(figures),
    },
    success: run.state === 'success' || run.state === 'success_with_errors',
    error_message: run.error?.message ?? run.stop?.code ?? null,
    duration_ms: finishedAt === null ? null : Math.round(finishedAt - (startedAt ?? createdAt)),
    ip_address: null,
    user_agent: null,
    session_id: null,
    timestamp: naiveShanghai(createdAt),
    created_at: naiveShanghai(createdAt),
  };
}

/** What a client may say in a line that it adds. */
export const newLogSchema = z.object({
  action_type: z.string().min(1).max(50),
  action: z.string().min(1).max(200),
  details: z
    .record(z.string().max(100), z.unknown())
    .refine((details) => JSON.stringify(details).length <= 10_000, {
      message: 'Value error, details are too long',
    })
    .nullish(),
  success: z.boolean().default(true),
  error_message: z.string().max(2_000).nullish(),
  duration_ms: z.int().min(0).nullish(),
});

type Told = Partial<z.output<typeof newLogSchema>>;

/** It was checked when it came in. */
function toldBy(after: unknown): Told {
  return typeof after === 'object' && after !== null ? (after as Told) : {};
}
