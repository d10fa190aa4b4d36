import type { Operation, OperationResult } from '@tapekeeper/core';
import type { z } from 'zod';
import { statusOfState } from '../../../../app/logTables/logWords.ts';
import type { SymbolLine } from '../../../../ports/logTableStore.ts';
import type { RunView } from '../../../../ports/viewStore.ts';
import { naiveShanghai } from '../../times.ts';
import { errorOfLine, errorOfRun, type Telling } from './errorText.ts';
import type { collectRowSchema, operationRowSchema, watchlistRowSchema } from './schemas.ts';

/** Symbols that the number of a line has room for, next to the number of its run. */
const PLACES = 100_000;

export function presentLine(line: SymbolLine, telling: Telling): z.output<typeof watchlistRowSchema> {
  return {
    id: line.runId * PLACES + line.place,
    stock_code: line.symbol?.slice(0, 6) ?? null,
    affected_rows: line.rows,
    status: line.status,
    error_message: errorOfLine(line, telling),
    created_at: naiveShanghai(line.createdAt),
  };
}

export function presentCollection(
  run: RunView,
  operationType: string,
  telling: Telling,
): z.output<typeof collectRowSchema> {
  return {
    id: run.id,
    operation_type: operationType,
    operation_desc: describe(run),
    affected_rows: run.rowsWritten,
    status: statusOfState(run.state),
    error_message: errorOfCollection(run, telling),
    collect_source: sourcesOf(run),
    created_at: naiveShanghai(run.createdAt),
  };
}

/** Sources that were asked, else those that are to be asked. */
function sourcesOf({ servedBy, params }: RunView): string | null {
  const asked = servedBy.filter(({ calls }) => calls > 0).map(({ source }) => source);
  const sources = asked.length > 0 ? asked : (params?.sources ?? []);
  return sources.length === 0 ? null : sources.join(',');
}

function describe(run: RunView): string {
  const { ok = 0, unchanged = 0, fell_back: fellBack = 0, failed = 0, quarantined = 0 } = run.outcomes;
  const days = run.params === null ? '待定' : `${run.params.from} 至 ${run.params.to}`;
  const symbols = run.params?.symbols == null ? '全部股票' : `${run.params.symbols.length} 只股票`;
  return [
    `采集日期: ${days}`,
    `采集范围: ${symbols}`,
    `发起: ${run.jobKey ?? run.requestedBy ?? run.cause}`,
    `成功记录数: ${ok + unchanged + fellBack}`,
    `失败记录数: ${failed + quarantined}`,
  ].join('\n');
}

function errorOfCollection(run: RunView, telling: Telling): string | null {
  const told = errorOfRun(run.error, telling);
  if (told !== null) return told;
  if (run.itemsFailed > 0) return `${run.itemsFailed} 个采集项失败`;
  return statusOfState(run.state) === 'failed' ? (run.reason ?? run.state) : null;
}

const RESULTS: Readonly<Record<OperationResult, string>> = {
  ok: '成功',
  refused: '失败',
  failed: '失败',
  unknown: '进行中',
};

export function presentOperation(operation: Operation): z.output<typeof operationRowSchema> {
  const { id, at, actor, action, object, result, status, errorCode } = operation;
  const about =
    object.kind === null ? '' : `，对象 ${object.kind}${object.id === null ? '' : ` ${object.id}`}`;
  return {
    id,
    log_type: action,
    log_message: `${actor} 执行 ${action}${about}：${RESULTS[result]}`,
    affected_count: result === 'ok' && object.id !== null ? 1 : 0,
    log_status: RESULTS[result],
    error_info: errorCode === null ? null : status === null ? errorCode : `${errorCode}（HTTP ${status}）`,
    log_time: naiveShanghai(at),
  };
}
