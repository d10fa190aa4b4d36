import { readFileSync } from 'node:fs';
import { jobDefinitionSchema, newJobSchema } from '@tapekeeper/contract';
import { checkWorkflow, type WorkflowJob, type WorkflowParams } from '@tapekeeper/core';
import { expect, it } from 'vitest';
import { EXAMPLE_PARAMS } from './jobs.ts';

const PAGE = readFileSync(new URL('../../docs/workflows.md', import.meta.url), 'utf8');

it('the worked example of the docs is a job as it is written there, and its graph is sound', () => {
  const [, text = ''] = /```json\n([^]*?)```/.exec(PAGE) ?? [];
  const { definition } = newJobSchema.parse(JSON.parse(text));
  if (definition.type !== 'workflow') throw new Error('the example is no workflow');
  const keys = definition.params.nodes.map(({ jobId }) => String(jobId));
  const params: WorkflowParams = {
    ...definition.params,
    nodes: definition.params.nodes.map((node, at) => ({ ...node, jobId: at })),
  };
  const jobs = keys.map((key): WorkflowJob => ({
    key,
    state: 'enabled',
    type: 'example',
    params: EXAMPLE_PARAMS,
  }));
  expect(checkWorkflow(params, { jobs: new Map(jobs.entries()) })).toEqual([]);
  for (const key of keys) expect(PAGE).toMatch(new RegExp(`jobs create ${key} |"key": "${key}"`));
});

it('the job that the docs pipe into the program is one as well', () => {
  const [, text = ''] = /echo '(.*)' \|/.exec(PAGE) ?? [];
  expect(jobDefinitionSchema.parse(newJobSchema.parse(JSON.parse(text)).definition)).toMatchObject({
    type: 'statistics',
  });
});
