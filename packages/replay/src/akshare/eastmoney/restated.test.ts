import { expect, test } from 'vitest';
import { webClient } from '../../../test/askWeb.ts';
import { openWorld } from '../../world/openWorld.ts';
import { sampleFolder } from '../../world/sampleFolder.ts';

type Row = Readonly<Record<string, string | number | null>>;

const world = await openWorld(sampleFolder());
const restated = world.symbols
  .flatMap((symbol) => world.facts.reports(symbol).map((report) => ({ symbol, report })))
  .filter(({ report }) => report.update === 1);

test('pages show corrected figures in place of the old, and both days', async () => {
  const client = await webClient({ world });
  expect(restated.length).toBeGreaterThan(3);
  for (const { symbol, report } of restated.slice(0, 4)) {
    const first = world.facts.reports(symbol).find((other) => other.period === report.period)!;
    expect(first.update).toBe(0);
    const filter = `(SECURITY_CODE="${symbol.slice(0, 6)}")(REPORTDATE='${report.period}')`;
    const { result } = await client.json<{ result: { data: readonly Row[] } }>(
      `/datacenter/api/data/v1/get?reportName=RPT_LICO_FN_CPD&columns=ALL&filter=${filter}`,
    );
    expect(result.data).toMatchObject([
      {
        TOTAL_OPERATE_INCOME: report.revenue,
        PARENT_NETPROFIT: report.netProfitParent,
        BPS: report.bps,
        NOTICE_DATE: `${first.announced} 00:00:00`,
        UPDATE_DATE: `${report.announced} 00:00:00`,
      },
    ]);
  }
});

test('a code filter reads one stock, and a day filter all of them', async () => {
  const client = await webClient({ world });
  const count = async (filter: string): Promise<number> =>
    (
      await client.json<{ result: { count: number } }>(
        `/datacenter/api/data/v1/get?reportName=RPT_LICO_FN_CPD&columns=ALL&pageSize=1&filter=${filter}`,
      )
    ).result.count;
  const symbol = restated[0]!.symbol;
  const periods = new Set(world.facts.reports(symbol).map(({ period }) => period));
  expect(await count(`(SECURITY_CODE="${symbol.slice(0, 6)}")`)).toBe(periods.size);
  const holders = world.symbols.filter((each) =>
    world.facts.reports(each).some(({ period }) => period === '2023-12-31'),
  );
  expect(await count(`(REPORTDATE='2023-12-31')`)).toBe(holders.length);
});
