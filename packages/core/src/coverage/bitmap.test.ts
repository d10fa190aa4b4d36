import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Bitmap } from './bitmap.ts';

const sets = fc.uniqueArray(fc.nat({ max: 300 }), { maxLength: 80 });
const sorted = (ids: Iterable<number>): number[] => [...ids].sort((a, b) => a - b);

describe('a bitmap', () => {
  test('holds what was added and not deleted, like a set', () => {
    const changes = fc.array(fc.tuple(fc.boolean(), fc.nat({ max: 200 })));
    fc.assert(
      fc.property(changes, (steps) => {
        const bitmap = new Bitmap();
        const model = new Set<number>();
        for (const [adds, id] of steps) {
          if (adds) bitmap.add(id);
          else bitmap.delete(id);
          if (adds) model.add(id);
          else model.delete(id);
        }
        expect([...bitmap.values()]).toEqual(sorted(model));
        expect(bitmap.count()).toBe(model.size);
        expect(bitmap.isEmpty()).toBe(model.size === 0);
        for (let id = 0; id <= 210; id++) expect(bitmap.has(id)).toBe(model.has(id));
      }),
    );
  });

  test.each([
    ['or', (inLeft: boolean, inRight: boolean) => inLeft || inRight],
    ['and', (inLeft: boolean, inRight: boolean) => inLeft && inRight],
    ['andNot', (inLeft: boolean, inRight: boolean) => inLeft && !inRight],
    ['copyFrom', (_: boolean, inRight: boolean) => inRight],
  ] as const)('%s does what it does to sets, and leaves the other as it was', (name, model) => {
    fc.assert(
      fc.property(sets, sets, (left, right) => {
        const other = Bitmap.of(right);
        const result = Bitmap.of(left)[name](other);
        const kept = [...new Set([...left, ...right])].filter((id) =>
          model(left.includes(id), right.includes(id)),
        );
        expect([...result.values()]).toEqual(sorted(kept));
        expect([...other.values()]).toEqual(sorted(right));
      }),
    );
  });

  test('counts what two have in common', () => {
    fc.assert(
      fc.property(sets, sets, (left, right) => {
        const shared = left.filter((id) => right.includes(id)).length;
        expect(Bitmap.of(left).countShared(Bitmap.of(right))).toBe(shared);
      }),
    );
  });

  test('calls back with its ids in ascending order', () => {
    fc.assert(
      fc.property(sets, (ids) => {
        const visited: number[] = [];
        Bitmap.of(ids).forEach((id) => visited.push(id));
        expect(visited).toEqual(sorted(ids));
      }),
    );
  });

  test('is a copy of its own once cloned', () => {
    const bitmap = Bitmap.of([1, 64]);
    const copy = bitmap.clone().add(2).delete(1);
    expect([...bitmap.values()]).toEqual([1, 64]);
    expect([...copy.values()]).toEqual([2, 64]);
  });

  test('equals another with the same ids, however much memory either has', () => {
    fc.assert(
      fc.property(sets, sets, (left, right) => {
        const same = sorted(left).join() === sorted(right).join();
        expect(Bitmap.of(left).equals(Bitmap.of(right))).toBe(same);
        expect(
          Bitmap.of([...left, 900])
            .delete(900)
            .equals(Bitmap.of(left)),
        ).toBe(true);
      }),
    );
  });

  test.each([-1, 1.5, Number.NaN, Infinity, 2 ** 24, 2 ** 32])('takes no id %d', (id) => {
    expect(() => new Bitmap().add(id)).toThrow(RangeError);
    expect(new Bitmap().delete(id).isEmpty()).toBe(true);
  });

  test('takes the largest id that there may be', () => {
    expect([...Bitmap.of([0, 2 ** 24 - 1]).values()]).toEqual([0, 2 ** 24 - 1]);
  });
});

describe('the bytes of a bitmap', () => {
  test('give the same set again', () => {
    fc.assert(
      fc.property(sets, (ids) => {
        expect(Bitmap.fromBytes(Bitmap.of(ids).toBytes()).equals(Bitmap.of(ids))).toBe(true);
      }),
    );
  });

  test('have id n as bit n & 7 of byte n >> 3, and end with the last id', () => {
    expect(Bitmap.of([0, 9, 10, 31]).toBytes()).toEqual(Uint8Array.of(1, 6, 0, 128));
    expect(Bitmap.of([1, 40]).delete(40).toBytes()).toEqual(Uint8Array.of(2));
    expect(new Bitmap().toBytes()).toEqual(new Uint8Array(0));
  });

  test('are equal for equal sets, however they came about', () => {
    fc.assert(
      fc.property(sets, fc.integer({ min: 301, max: 5000 }), (ids, passing) => {
        expect(
          Bitmap.of([passing, ...ids])
            .delete(passing)
            .toBytes(),
        ).toEqual(Bitmap.of(ids.toReversed()).toBytes());
      }),
    );
  });

  test('may be any bytes, empty ones at the end too', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const trimmed = bytes.subarray(0, bytes.findLastIndex((byte) => byte !== 0) + 1);
        expect(Bitmap.fromBytes(bytes).toBytes()).toEqual(trimmed);
      }),
    );
  });

  test('of the whole market take 700', () => {
    const market = Bitmap.of(Array.from({ length: 5500 }, (_, i) => i + 1));
    expect(market.toBytes().length).toBe(688);
  });

  test('that are too many are refused', () => {
    expect(() => Bitmap.fromBytes(new Uint8Array(2 ** 21 + 1))).toThrow(RangeError);
  });
});
