import { jobReportSchema } from '@tapekeeper/contract';
import { expect, it } from 'vitest';
import { createHttpStand } from '../http/httpStand.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { watchLog } from '../audit/operationLines.ts';
import { INSTALLATION } from './identities.ts';

const database = useCleanDatabase();
const EDITS = 100;

it('of a hundred edits of one job at once, one wins and ninety-nine are told, each with a line of the log', async () => {
  const stand = await createHttpStand(database().db);
  const definition = { type: 'sync', name: 'bars', params: { dataset: 'daily_bars' } };
  const made = jobReportSchema.parse((await stand.post('/v1/jobs', { key: 'bars', definition })).json());
  const lines = await watchLog(stand.deps.store);
  const answers = await Promise.all(
    Array.from({ length: EDITS }, (_, no) =>
      stand.ask({
        method: 'PUT',
        url: `/v1/jobs/${made.job.id}`,
        headers: INSTALLATION.headers,
        payload: { version: 1, definition: { ...definition, name: `bars ${no}` } },
      }),
    ),
  );
  const won = answers.filter(({ statusCode }) => statusCode === 200);
  const lost = answers.filter(({ statusCode }) => statusCode === 409);
  expect([won.length, lost.length]).toEqual([1, EDITS - 1]);
  expect(new Set(lost.map((answer) => answer.json<{ code: string }>().code))).toEqual(
    new Set(['job_changed']),
  );
  const { name } = jobReportSchema.parse(won[0]?.json()).job.definition;
  expect((await stand.get(`/v1/jobs/${made.job.id}`)).json()).toMatchObject({
    version: 2,
    definition: { name },
  });
  const results = (await lines()).map(({ result }) => result);
  expect(results.filter((result) => result === 'ok')).toHaveLength(1);
  expect(results).toHaveLength(EDITS);
});
