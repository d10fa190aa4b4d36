import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINE_BYTES, lineSplitter } from './lineSplitter.ts';
import { secretMask } from './secretMask.ts';

const plain = (text: string): string => text;

function linesOf(chunks: readonly Uint8Array[], mask = plain): readonly string[] {
  const splitter = lineSplitter(mask);
  return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()];
}

describe('lines of a program', () => {
  it('are the same however the bytes come', () => {
    const anyText = fc.array(fc.constantFrom('a', '数', '\n', '\r\n', '\r', '😀', 'b c'), { maxLength: 40 });
    fc.assert(
      fc.property(anyText, fc.array(fc.nat(60), { maxLength: 6 }), (parts, cuts) => {
        const bytes = Buffer.from(parts.join(''));
        const places = [
          0,
          ...cuts.map((cut) => Math.min(cut, bytes.length)).toSorted((a, b) => a - b),
          bytes.length,
        ];
        const chunks = places.slice(1).map((to, at) => bytes.subarray(places[at], to));
        expect(linesOf(chunks)).toEqual(linesOf([bytes]));
        const expected = parts.join('').split(/\r\n|\n|\r/);
        if (expected.at(-1) === '') expected.pop();
        expect(linesOf([bytes])).toEqual(expected);
      }),
    );
  });

  it('hold a mark where bytes are no text', () => {
    expect(linesOf([Buffer.from([0x61, 0xff, 0xfe, 0x0a])])).toEqual(['a\uFFFD\uFFFD']);
    // a character that never ends
    expect(linesOf([Buffer.from([0x61, 0xe6, 0x95])])).toEqual(['a\uFFFD']);
  });

  it('are cut where they are too long, between characters, and the next one is whole', () => {
    const [long = '', next] = linesOf([Buffer.from(`${'数'.repeat(LINE_BYTES)}\nnext\n`)]);
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(LINE_BYTES);
    expect(Buffer.byteLength(long)).toBeGreaterThan(LINE_BYTES - 20);
    expect(long).toMatch(/^数+ … \(cut\)$/);
    expect(next).toBe('next');
  });

  it('do not grow with a line that never ends', () => {
    const splitter = lineSplitter(plain);
    const chunk = Buffer.alloc(64 * 1024, 'x');
    for (let times = 0; times < 200; times++) expect(splitter.push(chunk)).toEqual([]);
    expect(splitter.end()).toHaveLength(1);
  });

  it('hide secrets, also one that lies across the cut', () => {
    const secret = 'a-secret-of-the-installation';
    const mask = secretMask(() => [secret, 'short']);
    expect(linesOf([Buffer.from(`token=${secret} short\n`)], mask)).toEqual(['token=*** short']);
    const room = LINE_BYTES - 10;
    const [long = ''] = linesOf([Buffer.from(`${'x'.repeat(room)}${secret}\n`)], mask);
    expect(long).not.toContain('a-sec');
  });
});

it('masks secrets as they stand in addresses too', () => {
  expect(secretMask(() => ['pass/word+1'])('postgres://u:pass%2Fword%2B1@h/d pass/word+1')).toBe(
    'postgres://u:***@h/d ***',
  );
});
