import { jobListSchema, runListSchema } from '@tapekeeper/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { requestSync } from '../../packages/server/src/app/requestSync.ts';
import { createHttpStand, type HttpStand } from '../http/httpStand.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';

const database = useCleanDatabase();
let stand: HttpStand;

beforeEach(async () => {
  stand = await createHttpStand(database().db);
});

/** Every page of a list, by the cursor that each gives. */
async function pagesOf<One>(
  url: string,
  read: (page: unknown) => { readonly found: readonly One[]; readonly next: number | null },
  cursor: string,
): Promise<One[]> {
  const all: One[] = [];
  for (let place = ''; ;) {
    const { found, next } = read((await stand.get(`${url}&limit=2${place}`)).json());
    all.push(...found);
    if (next === null) return all;
    expect(found).toHaveLength(2);
    place = `&${cursor}=${next}`;
  }
}

describe('the list of runs', () => {
  const read = (page: unknown) => {
    const { runs, next } = runListSchema.parse(page);
    return { found: runs.map(({ id }) => id), next };
  };

  it('comes with the newest or the oldest first, each run once, in pages, in any state', async () => {
    const ids: number[] = [];
    for (let count = 0; count < 5; count++)
      ids.push(await requestSync(stand.deps, { dataset: 'stock_basics' }));
    await stand.post(`/v1/runs/${ids[1]}/fail`, { reason: 'for the test' });
    await stand.post(`/v1/runs/${ids[3]}/cancel`, {});
    for (const filter of ['', '&state=pending,failed,cancelled']) {
      expect(await pagesOf(`/v1/runs?sort=oldest${filter}`, read, 'after')).toEqual(ids);
      expect(await pagesOf(`/v1/runs?sort=newest${filter}`, read, 'before')).toEqual(ids.toReversed());
    }
    const open = ids.filter((_, at) => at !== 1 && at !== 3);
    expect(await pagesOf('/v1/runs?sort=oldest&state=pending', read, 'after')).toEqual(open);
  });

  it('is refused in any other order', async () => {
    expect((await stand.get('/v1/runs?sort=id%3Bdrop')).statusCode).toBe(400);
  });
});

describe('the list of jobs', () => {
  const read = (page: unknown) => {
    const { jobs, next } = jobListSchema.parse(page);
    return { found: jobs.map(({ key }) => key), next };
  };

  it('comes by number, by key or by what is due next, each job once, in pages', async () => {
    const daily = (hour: number) => ({ trigger: { kind: 'cron', expression: `0 ${hour} * * *` } });
    const due = { delta: 9, alpha: 12, echo: 12, charlie: null, bravo: null };
    for (const [key, hour] of Object.entries(due)) {
      const definition = {
        type: 'example',
        name: key,
        ...(hour !== null && { schedule: daily(hour) }),
      };
      const made = await stand.post('/v1/jobs', { key, definition, enabled: true });
      expect(made.statusCode).toBe(201);
    }
    const keys = Object.keys(due);
    expect(await pagesOf('/v1/jobs?', read, 'after')).toEqual(keys);
    expect(await pagesOf('/v1/jobs?sort=key', read, 'after')).toEqual(keys.toSorted());
    const byNext = await pagesOf('/v1/jobs?sort=next', read, 'after');
    expect(byNext.slice(3)).toEqual(['charlie', 'bravo']);
    // which of the hours comes first depends on the time of day
    expect([
      ['delta', 'alpha', 'echo'],
      ['alpha', 'echo', 'delta'],
    ]).toContainEqual(byNext.slice(0, 3));
    expect((await stand.get('/v1/jobs?sort=name')).statusCode).toBe(400);
  });
});
