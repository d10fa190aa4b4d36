import {
  AppError,
  checkWorkflow,
  DATASETS,
  RECONCILED_IDS,
  workflowInvalid,
  type JobWork,
  type WorkflowParams,
} from '@tapekeeper/core';
import type { JobId } from '../../ports/jobStore.ts';
import type { AppDeps } from '../deps.ts';
import { readImport } from '../imports/readImport.ts';
import { readDataset, resolveSync } from '../requestSync.ts';
import { readSource } from '../router/priorities.ts';
import { findSet } from '../symbolSets/symbolSets.ts';
import { loadWorkflowJobs } from '../workflow/workflowJobs.ts';

/** Whose work it is. */
interface Self {
  /** Undefined for a job that is yet to be made. */
  readonly id: JobId | undefined;
  readonly group: string | null;
}

/**
 * Checks what a job is to do as a person's wish for the same would be, so that it does not fail at night
 * for what could have been said by day. Raises what the wish raises, `workflow_invalid` and the errors
 * of commands.
 */
export async function checkParams(deps: AppDeps, work: JobWork, self: Self): Promise<void> {
  switch (work.type) {
    case 'sync':
    case 'repair':
      await resolveSync(deps, work.params, work.type);
      return;
    case 'reconcile': {
      const dataset = readDataset(work.params.dataset);
      if (!RECONCILED_IDS.includes(dataset)) {
        const problem = `${dataset} is not compared; these are: ${RECONCILED_IDS.join(', ')}.`;
        throw new AppError('bad_request', { problem });
      }
      for (const source of work.params.sources ?? []) readSource(deps, source);
      return;
    }
    case 'source_check':
      if (work.params.source !== undefined) readSource(deps, work.params.source);
      return;
    case 'export': {
      const { dataset, set, adjust } = work.params;
      const { columns } = DATASETS[readDataset(dataset)];
      if (adjust !== undefined && !columns.some((column) => column.name === 'close')) {
        throw new AppError('bad_request', { problem: `${dataset} has no prices to adjust.` });
      }
      if (set !== undefined) await findSet(deps, set);
      return;
    }
    case 'workflow':
      return checkGraph(deps, work.params, self);
    case 'command':
      await deps.tasks.commands.prepare({
        program: work.params.program,
        args: work.params.args,
        directory: work.params.directory ?? null,
        runId: 0,
      });
      return;
    case 'import':
      readImport(work.params);
      return;
    case 'statistics':
    case 'retention':
    case 'backup':
    case 'example':
      return;
  }
}

async function checkGraph(deps: AppDeps, params: WorkflowParams, { id, group }: Self): Promise<void> {
  const jobs = await loadWorkflowJobs(deps, params);
  const problems = checkWorkflow(params, { selfId: id, group, jobs });
  if (problems.length > 0) throw workflowInvalid(problems);
}
