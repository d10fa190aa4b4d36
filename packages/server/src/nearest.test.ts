import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nearest } from './nearest.ts';

const KNOWN = ['TAPEKEEPER_PORT', 'TAPEKEEPER_DATA_DIR', 'TAPEKEEPER_MODE'];

it('finds the word with letters swapped, left out, added or in another case', () => {
  expect(nearest('TAPEKEEPER_PROT', KNOWN)).toBe('TAPEKEEPER_PORT');
  expect(nearest('TAPEKEEPR_MODE', KNOWN)).toBe('TAPEKEEPER_MODE');
  expect(nearest('tapekeeper_data_dirs', KNOWN)).toBe('TAPEKEEPER_DATA_DIR');
});

it('finds nothing for what is far from every word', () => {
  expect(nearest('HOME', KNOWN)).toBeUndefined();
  expect(nearest('', KNOWN)).toBeUndefined();
  expect(nearest('anything', [])).toBeUndefined();
});

it('finds a known word itself, and then never another', () => {
  fc.assert(
    fc.property(fc.constantFrom(...KNOWN), (word) => {
      expect(nearest(word, KNOWN)).toBe(word);
    }),
  );
});

it('forgives two wrong letters in any place', () => {
  const places = fc.tuple(fc.nat(14), fc.nat(14));
  fc.assert(
    fc.property(places, ([one, other]) => {
      const letters = 'TAPEKEEPER_PORT'.split('');
      for (const place of [one, other]) letters[place] = '?';
      expect(nearest(letters.join(''), ['TAPEKEEPER_PORT'])).toBe('TAPEKEEPER_PORT');
    }),
  );
});
