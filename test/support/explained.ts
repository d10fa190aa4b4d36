import {
  sql,
  type Database,
  type RawBuilder,
  type Transaction,
} from '../../packages/server/src/store/connection.ts';

/** One read of a table within a statement, as it really went. */
export interface Scan {
  /** `Seq Scan`, `Index Scan` and so on. */
  readonly how: string;
  /** Without the number of a partition. */
  readonly table: string;
  /** Rows looked at, whether or not they were wanted. */
  readonly rowsRead: number;
}

/** The plan of one statement that was run. */
export interface ExplainedStatement {
  /** The top of the plan: `Update on shard`, `Limit`. */
  readonly top: string;
  readonly scans: readonly Scan[];
  readonly planningMs: number;
  readonly ms: number;
}

/**
 * The same database, which explains each statement before it runs it: the plan is that of the true
 * statement with its true values, whatever changes it makes being undone before it is run for good.
 * What has no plan (SET, CREATE, SAVEPOINT) is only run; COPY goes by.
 */
export function explaining(db: Database, seen: (statement: ExplainedStatement) => void): Database {
  const explainedRows =
    (tx: Transaction) =>
    async <T>(query: RawBuilder<T>): Promise<T[]> => {
      const plan = await explain(tx, query);
      if (plan !== undefined) seen(plan);
      return tx.rows(query);
    };
  const transaction: Database['transaction'] = (work) =>
    db.transaction((tx) => work({ ...overRows(explainedRows(tx)), client: tx.client }));
  return {
    ...overRows((query) => transaction((tx) => tx.rows(query))),
    transaction,
    pool: () => db.pool(),
    close: () => db.close(),
  };
}

function overRows(rows: Database['rows']): Pick<Database, 'rows' | 'maybe' | 'one'> {
  const maybe = async <T>(query: RawBuilder<T>): Promise<T | undefined> => {
    const found = await rows(query);
    if (found.length > 1) throw new Error(`one row expected, ${found.length} came`);
    return found[0];
  };
  return {
    rows,
    maybe,
    async one(query) {
      const row = await maybe(query);
      if (row === undefined) throw new Error('one row expected, none came');
      return row;
    },
  };
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly Operation?: string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly PlanNode[];
}

interface PlanText {
  readonly 'QUERY PLAN': readonly [
    { readonly Plan: PlanNode; readonly 'Planning Time': number; readonly 'Execution Time': number },
  ];
}

const SYNTAX_ERROR = '42601';

async function explain(tx: Transaction, query: RawBuilder<unknown>): Promise<ExplainedStatement | undefined> {
  await tx.rows(sql`SAVEPOINT explained`);
  try {
    const { 'QUERY PLAN': plans } = await tx.one<PlanText>(sql`EXPLAIN (ANALYZE, FORMAT JSON) ${query}`);
    const [{ Plan: top, 'Planning Time': planningMs, 'Execution Time': ms }] = plans;
    return { top: nameOf(top), scans: scansOf(top), planningMs, ms };
  } catch (error) {
    if ((error as { code?: string }).code !== SYNTAX_ERROR) throw error;
    return undefined;
  } finally {
    await tx.rows(sql`ROLLBACK TO SAVEPOINT explained`);
    await tx.rows(sql`RELEASE SAVEPOINT explained`);
  }
}

function nameOf(node: PlanNode): string {
  const table = node['Relation Name'];
  return [
    node.Operation ?? node['Node Type'],
    ...(table === undefined ? [] : ['on', withoutNumber(table)]),
  ].join(' ');
}

function scansOf(node: PlanNode): Scan[] {
  const below = (node.Plans ?? []).flatMap(scansOf);
  const table = node['Relation Name'];
  if (table === undefined || node['Node Type'] === 'ModifyTable' || !node['Actual Loops']) return below;
  const read =
    (node['Actual Rows'] ?? 0) +
    (node['Rows Removed by Filter'] ?? 0) +
    (node['Rows Removed by Index Recheck'] ?? 0);
  const rowsRead = Math.round(read * node['Actual Loops']);
  return [{ how: node['Node Type'], table: withoutNumber(table), rowsRead }, ...below];
}

/** `item_12` is a partition of `item`. */
function withoutNumber(table: string): string {
  return table.replace(/_\d+$/, '');
}
