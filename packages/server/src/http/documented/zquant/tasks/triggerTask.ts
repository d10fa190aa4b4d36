import { isAppError, type JobWork } from '@tapekeeper/core';
import type { FastifyRequest } from 'fastify';
import type { AppDeps } from '../../../../app/deps.ts';
import { triggerJob } from '../../../../app/jobs/triggerJob.ts';
import { noteOperation } from '../../../audit.ts';
import { authorOf } from '../../../auth/author.ts';
import { DocumentedRefusal } from '../../refusal.ts';
import { findTask } from './findTask.ts';

/**
 * Begins a run of a task, in use or not; nothing of the task changes. Refused with 400 while one is open: the platform
 * answers 500 there, which tells clients to try again.
 */
export async function triggerTask(
  deps: AppDeps,
  request: FastifyRequest,
  id: number,
): Promise<{ message: string }> {
  const { definition } = await findTask(deps, id);
  noteOperation(request, { id: String(id) });
  const work = { type: definition.type, params: definition.params } as JobWork;
  try {
    const wish = { params: {}, work, by: authorOf(request), refusedWhileOpen: true };
    noteOperation(request, { after: { runId: await triggerJob(deps, id, wish) } });
  } catch (error) {
    throw wordedOf(error, definition.name);
  }
  return { message: '任务已触发' };
}

function wordedOf(error: unknown, name: string): unknown {
  if (!isAppError(error)) return error;
  const { run } = error.details as { readonly run?: number };
  if (error.code === 'job_busy')
    return new DocumentedRefusal(error.code, 400, `任务 '${name}' 正在运行中(ID: ${run})，请勿重复触发`);
  if (error.code === 'group_busy')
    return new DocumentedRefusal(error.code, 400, `任务 '${name}' 所在并发组正忙(ID: ${run})，请稍后再试`);
  return error;
}
