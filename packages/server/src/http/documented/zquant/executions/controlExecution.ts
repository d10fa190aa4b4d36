import type { FastifyRequest } from 'fastify';
import type { AppDeps } from '../../../../app/deps.ts';
import { cancelRun } from '../../../../app/runs/cancelRun.ts';
import { pauseRun } from '../../../../app/runs/pauseRun.ts';
import { resumeRun } from '../../../../app/runs/resumeRun.ts';
import type { RunView } from '../../../../ports/viewStore.ts';
import { noteOperation } from '../../../audit.ts';
import { authorOf } from '../../../auth/author.ts';
import { inWords } from '../../refusal.ts';
import type { Execution } from './executionSchema.ts';
import { findExecution } from './findExecution.ts';
import { presentExecutions } from './presentExecutions.ts';
import { statusOf } from './statusWords.ts';

export type Control = 'pause' | 'resume' | 'terminate';

const VERBS: Readonly<Record<Control, string>> = { pause: '暂停', resume: '恢复', terminate: '终止' };

/**
 * Pauses, resumes or ends an execution. What has failed or was ended is resumed by a new execution, which is the one
 * that is told of; ended for a second time, an execution that still winds up is over at once.
 */
export async function controlExecution(
  deps: AppDeps,
  request: FastifyRequest,
  id: number,
  what: Control,
): Promise<Execution> {
  const run = await findExecution(deps, id);
  noteOperation(request, { id: String(id), before: { state: run.state } });
  const refusal = [400, `执行记录 ${id} 的状态为 ${statusOf(run.state)}，无法${VERBS[what]}`] as const;
  const words = { run_over: refusal, run_not_running: refusal, run_not_paused: refusal };
  const after = await inWords(words, () => stepOf(deps, run, what, authorOf(request)));
  noteOperation(request, { after: { state: after.state, runId: after.id } });
  const [execution] = await presentExecutions(deps, [after]);
  return execution as Execution;
}

async function stepOf(deps: AppDeps, run: RunView, what: Control, by: string): Promise<RunView> {
  switch (what) {
    case 'pause':
      return pauseRun(deps, run.id, by);
    case 'resume':
      return resumeRun(deps, run.id, by);
    case 'terminate':
      return cancelRun(deps, run.id, { by, reason: '', force: run.stopAskedAt !== null });
  }
}
