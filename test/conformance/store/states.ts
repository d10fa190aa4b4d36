import { ITEM_MACHINE, JOB_MACHINE, mayStep, RUN_MACHINE, steps, type StateMachine } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { sql, type Database } from '../../../packages/server/src/store/connection.ts';
import { type Stand } from './stand.ts';
import { syncJob } from '../../support/jobDefinition.ts';

/** A table whose state column a machine rules, and how a row of it comes into being in any state. */
interface Ruled {
  readonly machine: StateMachine<string>;
  readonly insert: (db: Database, state: string, at: number) => Promise<unknown>;
  readonly update: (db: Database, state: string, at: number) => Promise<unknown[]>;
}

const RULED: readonly Ruled[] = [
  {
    machine: RUN_MACHINE,
    insert: (db, state, at) =>
      db.rows(sql`
      INSERT INTO tapekeeper.run (id, type, dataset, params, cause, state) OVERRIDING SYSTEM VALUE
      VALUES (${at}, 'sync', 'daily_bars', '{}', 'person', ${state})`),
    update: (db, state, at) =>
      db.rows(sql`UPDATE tapekeeper.run SET state = ${state} WHERE id = ${at} RETURNING id`),
  },
  {
    machine: ITEM_MACHINE,
    insert: (db, state, at) =>
      db.rows(sql`
      INSERT INTO tapekeeper.item (run_id, no, shard_no, source, shape, from_day, to_day, state)
      VALUES (1, ${at}, 1, 'tushare', 'all', '2024-01-02', '2024-01-02', ${state})`),
    update: (db, state, at) =>
      db.rows(sql`
      UPDATE tapekeeper.item SET state = ${state} WHERE run_id = 1 AND no = ${at} RETURNING no`),
  },
  {
    machine: JOB_MACHINE,
    insert: (db, state, at) =>
      db.rows(sql`
      INSERT INTO tapekeeper.job (id, key, definition, state) OVERRIDING SYSTEM VALUE
      VALUES (${at}, ${`job ${at}`}, ${JSON.stringify(syncJob())}::jsonb, ${state})`),
    update: (db, state, at) =>
      db.rows(sql`UPDATE tapekeeper.job SET state = ${state} WHERE id = ${at} RETURNING id`),
  },
];

/** The machines of the core hold in the database as well. */
export function describeStates(stand: Stand): void {
  describe('states', () => {
    it('have the steps of the core, no less and no more', async () => {
      const stored = await stand().db.rows<{ machine: string; from: string; to: string }>(sql`
        SELECT machine, from_state AS "from", to_state AS "to" FROM tapekeeper.state_step`);
      const known = RULED.flatMap(({ machine }) =>
        steps(machine).map(([from, to]) => ({ machine: machine.name, from, to })),
      );
      const inOrder = (all: typeof known) =>
        all.map(({ machine, from, to }) => `${machine}: ${from} to ${to}`).toSorted();
      expect(inOrder(stored)).toEqual(inOrder(known));
    });

    it.each(RULED.map((ruled) => [ruled.machine.name, ruled] as const))(
      'of a %s step only as the core allows, and end for good',
      async (_, { machine, insert, update }) => {
        const { db } = stand();
        const states = Object.keys(machine.next);
        const pairs = states.flatMap((from) =>
          states.filter((to) => to !== from).map((to) => [from, to] as const),
        );
        const refused: string[] = [];
        for (const [place, [from, to]] of pairs.entries()) {
          const at = place + 1;
          await insert(db, from, at);
          try {
            expect(await update(db, to, at)).toHaveLength(1);
          } catch (error) {
            expect(error).toMatchObject({ code: '23514', constraint: 'state_step' });
            refused.push(`${from} to ${to}`);
          }
        }
        const illegal = pairs
          .filter(([from, to]) => !mayStep(machine, from, to))
          .map(([from, to]) => `${from} to ${to}`);
        expect(refused).toEqual(illegal);
        for (const end of machine.terminal)
          expect(pairs.filter(([from]) => from === end).length).toBe(states.length - 1);
      },
    );

    it('that no machine has are refused', async () => {
      for (const { insert, machine } of RULED) {
        await expect(insert(stand().db, 'asleep', 900)).rejects.toMatchObject({ code: '23514' });
        expect(Object.keys(machine.next)).not.toContain('asleep');
      }
    });
  });
}
