import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../chaos/random.ts';
import { createInterleaving, type Actor, type Interleaving } from './interleaving.ts';
import { TimerHeap } from './timerHeap.ts';

const actor = (name: string): Actor => ({ name, alive: true, frozen: false });

function interleavingOf(seed: number): Interleaving {
  return createInterleaving({ random: seededRandom(seed) });
}

/** The order in which ten calls are done. */
async function orderOf(seed: number): Promise<readonly number[]> {
  const interleaving = interleavingOf(seed);
  const done: number[] = [];
  const caller = actor('caller');
  for (let no = 0; no < 10; no++) void interleaving.call(caller, `call ${no}`, () => done.push(no));
  await interleaving.advance(0);
  return done;
}

describe('an interleaving', () => {
  it('does every call once, in an order that the seed draws', async () => {
    const orders = await Promise.all([1, 2, 3, 4, 5].map(orderOf));
    for (const order of orders)
      expect(order.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(new Set(orders.map(String)).size).toBeGreaterThan(1);
    expect(await orderOf(3)).toEqual(orders[2]);
  });

  it('lets what follows an answer take its turn before time moves on', async () => {
    const interleaving = interleavingOf(1);
    const caller = actor('caller');
    const seen: number[] = [];
    const work = async (): Promise<void> => {
      for (let no = 0; no < 3; no++)
        seen.push(await interleaving.call(caller, 'call', () => interleaving.elapsed()));
    };
    interleaving.after(caller, 'timer', 100, () => void work());
    interleaving.after(caller, 'timer', 200, () => seen.push(interleaving.elapsed()));
    await interleaving.advance(1000);
    expect(seen).toEqual([100, 100, 100, 200]);
    expect(interleaving.elapsed()).toBe(1000);
  });

  it('tells the dead nothing, and the frozen when they are thawed', async () => {
    for (let seed = 1; seed < 30; seed++) {
      const interleaving = interleavingOf(seed);
      const [dead, frozen] = [actor('dead'), actor('frozen')];
      const heard: string[] = [];
      for (const one of [dead, frozen])
        void interleaving.call(one, 'call', () => one.name, 50).then((name) => heard.push(name));
      dead.alive = false;
      frozen.frozen = true;
      await interleaving.advance(1000);
      expect(heard).toEqual([]);
      frozen.frozen = false;
      await interleaving.advance(0);
      expect(heard).toEqual(['frozen']);
    }
  });

  it('does some work of the dead that had left them already', async () => {
    let done = 0;
    for (let seed = 1; seed < 200; seed++) {
      const interleaving = interleavingOf(seed);
      const dead = actor('dead');
      void interleaving.call(dead, 'call', () => (done += 1), 50);
      dead.alive = false;
      await interleaving.advance(1000);
    }
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(200);
  });

  it('takes timers back', async () => {
    const interleaving = interleavingOf(1);
    const fired: string[] = [];
    const takeBack = interleaving.after(actor('one'), 'timer', 10, () => fired.push('taken back'));
    interleaving.after(actor('one'), 'timer', 20, () => fired.push('kept'));
    takeBack();
    await interleaving.advance(100);
    expect(fired).toEqual(['kept']);
  });

  it('tells of turns that never let time go by', async () => {
    const interleaving = createInterleaving({ random: seededRandom(1), mostTurnsAtATime: 100 });
    const busy = actor('busy');
    const again = (): void => void interleaving.call(busy, 'again', () => {}).then(again);
    again();
    await expect(interleaving.advance(1)).rejects.toThrow('100 turns without time going by, the last: again');
  });
});

describe('a heap of timers', () => {
  it('gives what was put in by time, and by the order of putting in', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
        const heap = new TimerHeap<number>();
        times.forEach((at, no) => heap.push(at, no));
        const popped = times.map(() => heap.pop());
        expect(popped).toEqual(
          times.map((_, no) => no).toSorted((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b),
        );
        expect(heap.pop()).toBeUndefined();
      }),
    );
  });
});
