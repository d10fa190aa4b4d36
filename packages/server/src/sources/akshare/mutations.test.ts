import { isAppError, plainDay, shanghaiInstant } from '@tapekeeper/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AKSHARE_CASES, bodyOf, type AkshareCase } from '../../../../../test/conformance/akshareBodies.ts';
import { serveAkshare } from '../../../../../test/conformance/akshareStand.ts';
import { rowFaults } from '../../../../../test/conformance/canonicalRow.ts';
import { systemClock } from '../../clock.ts';
import type { Answer, AskContext } from '../../ports/source.ts';

const FREE: AskContext = { signal: new AbortController().signal, beforeCall: async () => {} };

/** The evening of the day that is asked for. */
const clock = { ...systemClock, now: () => shanghaiInstant(plainDay('2024-01-05'), 20 * 60) };

/** What may come of a body that is not right; never an error of our own making. */
const TOLD = ['malformed', 'upstream_refused', 'empty', 'banned', 'transport'];

/** Asks each case of an upstream whose bodies of one origin go through `change`. */
async function stand() {
  let current: AkshareCase | undefined;
  let change = (body: Buffer) => body;
  const { source } = await serveAkshare((call) => {
    if (current?.failing?.includes(call.origin)) return 503;
    const body = Buffer.from(bodyOf(call));
    return call.origin === current?.origin ? change(body) : body;
  });
  return (each: AkshareCase, changing: typeof change = (body) => body): Promise<Answer> => {
    current = each;
    change = changing;
    return source({ clock }).ask(each.question, FREE);
  };
}

const mutation = fc.record({
  at: fc.nat(),
  cut: fc.nat(4),
  put: fc.oneof(
    fc.string({ maxLength: 3 }),
    fc.constantFrom(
      '"',
      ',',
      '-',
      '\\u0000',
      '\\ud800',
      'e9',
      '1e999',
      '２',
      '[]',
      'null',
      '{',
      '99999999',
      '"__proto__":',
      '\u0000',
    ),
  ),
});

describe('an answer of the public endpoints whose text was changed', () => {
  it('is what it was, as long as nothing is changed', async () => {
    const ask = await stand();
    for (const each of AKSHARE_CASES) {
      const { batches, unreadable } = await ask(each);
      const { question, origin, rows } = each;
      const found = [question.dataset, origin, batches[0]?.rows.length, unreadable];
      expect(found).toEqual([question.dataset, origin, rows, []]);
    }
  });

  it('gives canonical rows or an error that tells of it', async () => {
    const ask = await stand();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...AKSHARE_CASES),
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        async (each, mutations) => {
          const changed = (body: Buffer) =>
            mutations.reduce((bytes, { at, cut, put }) => {
              const place = at % Math.max(1, bytes.length);
              return Buffer.concat([bytes.subarray(0, place), Buffer.from(put), bytes.subarray(place + cut)]);
            }, body);
          const outcome = await ask(each, changed).catch((error: unknown) => error);
          if (isAppError(outcome)) {
            expect(TOLD).toContain(outcome.code);
            return;
          }
          for (const { dataset, columns, rows } of (outcome as Answer).batches)
            expect(rows.flatMap((row) => rowFaults(dataset, columns, row))).toEqual([]);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
