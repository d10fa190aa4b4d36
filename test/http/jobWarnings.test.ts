import { jobReportSchema, problemSchema } from '@tapekeeper/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { createHttpStand, type HttpStand } from './httpStand.ts';

const database = useCleanDatabase();
let stand: HttpStand;

beforeEach(async () => {
  stand = await createHttpStand(database().db);
});

const EXAMPLE = { type: 'example', name: 'x' };
const after = (jobId: string) => ({ ...EXAMPLE, schedule: { trigger: { kind: 'after', jobId } } });
const flow = (...jobs: readonly string[]) => ({
  type: 'workflow',
  name: 'flow',
  params: { nodes: jobs.map((jobId) => ({ node: `n-${jobId}`, jobId })) },
});

const warningsIn = (answer: { json(): unknown }) => jobReportSchema.parse(answer.json()).warnings;
const create = async (key: string, definition: object = EXAMPLE, enabled = true) =>
  warningsIn(await stand.post('/v1/jobs', { key, definition, enabled }));
const ask = (key: string, name: string) => stand.post(`/v1/jobs/${key}/${name}`, {});
const step = async (key: string, name: string) => warningsIn(await ask(key, name));

describe('a job that is taken out of work', () => {
  it('is told of as a node of enabled workflows, by what becomes of them', async () => {
    await create('bars');
    await create('morning', flow('bars'));
    await create('evening', flow('bars'));
    await create('off', flow('bars'), false);
    expect(await step('bars', 'pause')).toEqual([
      {
        code: 'node_of_workflow',
        text: {
          en: expect.stringMatching(/node of morning, evening: workflows run it although it is paused/),
          zh: expect.stringContaining('morning、evening 的节点'),
        },
      },
    ]);
    expect(await step('bars', 'disable')).toMatchObject([
      { code: 'node_of_workflow', text: { en: expect.stringContaining('fail over a disabled job') } },
    ]);
    expect(await step('bars', 'enable')).toEqual([]);
    await step('morning', 'disable');
    await step('evening', 'pause');
    expect(await step('bars', 'disable')).toEqual([]);
  });

  it('is told of as what enabled jobs follow', async () => {
    await create('bars');
    await create('next', after('bars'));
    await create('off', after('bars'), false);
    expect(await step('bars', 'disable')).toEqual([
      {
        code: 'has_followers',
        text: {
          en: expect.stringContaining('While it is disabled, next will not run'),
          zh: expect.stringContaining('next'),
        },
      },
    ]);
    expect(await step('bars', 'enable')).toEqual([]);
    expect(await step('bars', 'pause')).toMatchObject([{ text: { en: expect.stringContaining('paused') } }]);
    await step('next', 'disable');
    expect(await step('bars', 'disable')).toEqual([]);
  });

  it('names the first of many', async () => {
    await create('bars');
    for (let no = 10; no < 22; no++) await create(`j${no}`, after('bars'));
    const [warning] = await step('bars', 'disable');
    expect(warning?.text.en).toContain('j18, j19 and 2 more');
    expect(warning?.text.zh).toContain('等 12 个任务');
  });
});

describe('a job that needs one that is not at work', () => {
  it('is kept with a warning when it follows that', async () => {
    await create('bars', EXAMPLE, false);
    const expected = [
      {
        code: 'follows_inactive',
        text: {
          en: expect.stringContaining('follows bars, which is disabled'),
          zh: expect.stringContaining('bars'),
        },
      },
    ];
    expect(await create('next', after('bars'))).toEqual(expected);
    expect(await create('more', after('bars'), false)).toEqual(expected);
    await step('bars', 'enable');
    expect(await step('next', 'disable')).toEqual([]);
  });

  it('is no workflow that is enabled, and one that is resumed names what is disabled', async () => {
    await create('bars');
    await create('inner', flow('bars'));
    await create('outer', flow('inner', 'bars'));
    await step('outer', 'pause');
    await step('bars', 'disable');
    const disabled = {
      code: 'disabled_nodes',
      text: { en: expect.stringContaining('disabled: bars.'), zh: expect.stringContaining('bars') },
    };
    expect(await step('outer', 'resume')).toEqual([disabled]);
    await step('outer', 'disable');
    const refused = problemSchema.parse((await ask('outer', 'enable')).json());
    expect(refused).toMatchObject({ code: 'workflow_invalid', status: 400 });
    expect([refused.detail, refused.detailZh]).toEqual([
      expect.stringContaining('"n-bars"'),
      expect.stringContaining('“n-bars”'),
    ]);
    expect(await create('deep', flow('inner'))).toEqual([disabled]);
  });
});
