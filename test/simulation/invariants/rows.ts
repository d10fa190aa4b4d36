import { Bitmap, builtinCalendar, type PlainDay } from '@tapekeeper/core';
import { marketRows } from '../memory/market.ts';
import { shardsOf } from '../memory/runs.ts';
import { isTrue, trueBar } from '../world.ts';
import { firstOf, type Invariant, type Scene } from './scene.ts';

export const ROW_INVARIANTS: readonly Invariant[] = [
  {
    name: 'what is covered has a row',
    check: ({ memory }) => {
      const rows = marketRows(memory, 'daily_bars');
      return firstOf(coveredCells(memory), ([symbol, day]) =>
        rows.has(`${symbol} ${day}`) ? undefined : `${symbol} of ${day} is covered without a row`,
      );
    },
  },
  {
    name: 'rows are the truth',
    check: ({ memory, now }) =>
      firstOf(marketRows(memory, 'daily_bars').values(), ({ row, runId }) => {
        const [symbol, day] = [String(row['symbol']), row['trade_date'] as PlainDay];
        if (!isTrue(symbol, day, now())) return `${symbol} of ${day} is not there yet`;
        if (row['close'] !== trueBar(symbol, day)['close']) return `${symbol} of ${day} is not what it was`;
        return memory.tables.runs.has(runId) ? undefined : `${symbol} of ${day} is of no run`;
      }),
  },
  {
    name: 'counters are what they count',
    check: ({ memory }) =>
      firstOf(memory.tables.runs.keys(), (runId) =>
        firstOf(shardsOf(memory, runId), (shard) => {
          const items = (memory.tables.items.get(runId) ?? []).filter(({ shardNo }) => shardNo === shard.no);
          const numbers = new Set(items.map(({ no }) => no));
          const count = (state: string): number => items.filter((item) => item.state === state).length;
          const calls = memory.tables.attempts
            .filter((one) => one.runId === runId && numbers.has(one.itemNo))
            .reduce((sum, one) => sum + one.calls, 0);
          const found = [count('done'), count('failed'), calls].join('/');
          const said = [shard.itemsDone, shard.itemsFailed, shard.calls].join('/');
          return found === said
            ? undefined
            : `shard ${shard.no} of run ${runId} says ${said}, it is ${found}`;
        }),
      ),
  },
  {
    name: 'each row is counted once',
    check({ memory }) {
      let [said, found] = [0, 0];
      for (const runId of memory.tables.runs.keys())
        for (const { rowsWritten } of shardsOf(memory, runId)) said += rowsWritten;
      for (const table of memory.tables.market.values())
        for (const { runId } of table.values()) if (runId !== 0) found += 1;
      return said === found ? undefined : `${said} rows are counted, there are ${found}`;
    },
  },
  {
    name: 'a run that ended well has every cell that it was for',
    check: (scene) =>
      firstOf(scene.memory.tables.runs.values(), (run) => {
        const { params, state, dataset } = run;
        if (state !== 'success' || dataset !== 'daily_bars' || params === null) return undefined;
        const missing = missingCell(scene, params.from, params.to, params.symbols);
        return missing && `run ${run.id} ended as a success without ${missing}`;
      }),
  },
];

/** Cells that are said to be complete. */
function* coveredCells({ tables }: Scene['memory']): Generator<readonly [string, PlainDay]> {
  const symbolOf = new Map([...tables.instruments].map(([symbol, id]) => [id, symbol]));
  for (const { members, day } of tables.coveredDays) {
    const ids: number[] = [];
    Bitmap.fromBytes(members).forEach((id) => ids.push(id));
    for (const id of ids) yield [symbolOf.get(id) ?? `instrument ${id}`, day];
  }
  for (const { instrumentId, from, to } of tables.coveredRanges) {
    for (const day of builtinCalendar().tradingDays(from, to))
      yield [symbolOf.get(instrumentId) ?? `instrument ${instrumentId}`, day];
  }
}

function missingCell(
  { memory }: Scene,
  from: PlainDay,
  to: PlainDay,
  symbols: readonly string[] | null,
): string | undefined {
  const { instruments, exceptions } = memory.tables;
  const rows = marketRows(memory, 'daily_bars');
  const explained = new Set(
    [...exceptions.values()].map(({ instrumentId, day }) => `${instrumentId} ${day}`),
  );
  for (const [symbol, id] of instruments) {
    if (symbols !== null && !symbols.includes(symbol)) continue;
    for (const day of builtinCalendar().tradingDays(from, to))
      if (!rows.has(`${symbol} ${day}`) && !explained.has(`${id} ${day}`)) return `${symbol} of ${day}`;
  }
  return undefined;
}
