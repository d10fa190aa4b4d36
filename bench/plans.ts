import type { Benchmark, Size } from './benchmark.ts';
import { timed } from './measure/inTurn.ts';
import { whole } from './measure/spread.ts';
import { openRig } from './rig/rig.ts';
import { createStore } from '../packages/server/src/store/store.ts';
import { explaining, type ExplainedStatement, type Scan } from '../test/support/explained.ts';
import { generatedListings, WHOLE_MARKET } from '../test/support/generatedListings.ts';
import { fillHistory } from '../test/support/history.ts';
import { walkHotPath } from '../test/support/hotPath.ts';
import { seedCoverage, seedLists } from '../test/support/seedMarket.ts';

const RUNS: Readonly<Record<Size, number>> = { small: 96_000, full: 996_000 };
const ITEMS_A_RUN = 3;
const UNFOLDED_DAYS = 22;

interface Step {
  readonly name: string;
  readonly statements: ExplainedStatement[];
}

export const plans: Benchmark = {
  name: 'plans',
  about: 'the plan of every statement of the hot path on a long history: what it reads, and how',
  async run(size, report) {
    const { symbols, from, to } = WHOLE_MARKET;
    const rig = await openRig({ marketDay: to });
    try {
      const listings = generatedListings(symbols);
      await seedLists(rig.owner, listings);
      await seedCoverage(rig.owner, {
        dataset: 'daily_bars',
        listings,
        from,
        to,
        unfoldedDays: UNFOLDED_DAYS,
      });
      const history = { runs: RUNS[size], itemsARun: ITEMS_A_RUN };
      const filledMs = await timed(() => fillHistory(rig.owner, history));
      const steps: Step[] = [];
      const store = createStore(
        explaining(rig.installation.db, (statement) => steps.at(-1)?.statements.push(statement)),
      );
      await walkHotPath(store, listings, (name) => steps.push({ name, statements: [] }));
      report.line(
        `${whole(history.runs)} runs, ${whole(history.runs * ITEMS_A_RUN)} items, attempts and outcomes each ` +
          `(filled in ${whole(filledMs / 1000)} s), PostgreSQL ${rig.postgres}`,
      );
      report.table([['step', 'plan', 'rows read', 'ms', 'reads'], ...steps.flatMap(linesOf)]);
      report.keep('steps', steps);
    } finally {
      await rig.close();
    }
  },
};

function linesOf({ name, statements }: Step): readonly (readonly string[])[] {
  return statements.map(({ top, scans, planningMs, ms }) => [
    name,
    top,
    whole(scans.reduce((sum, scan) => sum + scan.rowsRead, 0)),
    (planningMs + ms).toFixed(1),
    readsOf(scans),
  ]);
}

/** Reads of one table in one way as one, since partitions are many. */
function readsOf(scans: readonly Scan[]): string {
  const ways = Map.groupBy(scans, ({ how, table }) => `${how} of ${table}`);
  return [...ways]
    .map(
      ([way, of]) =>
        `${way} ${whole(of.reduce((sum, scan) => sum + scan.rowsRead, 0))}${of.length > 1 ? ` in ${of.length}` : ''}`,
    )
    .join(', ');
}
