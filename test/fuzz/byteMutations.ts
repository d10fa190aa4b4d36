import { below, type Random } from '../chaos/random.ts';
import { pick, type Mutation } from './mutation.ts';

const PUT = [
  '"',
  ',',
  '[',
  ']',
  '{',
  '}',
  ':',
  '-',
  '.',
  'null',
  '1e999',
  '\\u0000',
  '２',
  '~',
  ';',
  '0',
  '\u0001',
  '<',
  '=',
];
const PAGES = [
  '',
  ' ',
  '\n',
  '{}',
  '[]',
  'null',
  '0',
  '""',
  '<html><body>502 Bad Gateway</body></html>',
  '<?xml version="1.0"?>',
];

const at = (body: Buffer, random: Random): number => below(random, Math.max(1, body.length));

/** Everything that is done to the bytes of an answer, whatever they stand for. */
export const BYTE_MUTATIONS: readonly Mutation<Buffer>[] = [
  { name: 'an answer cut short', sight: 'loss', apply: (body, random) => body.subarray(0, at(body, random)) },
  {
    name: 'characters put in',
    sight: 'value',
    apply: (body, random) => edited(body, at(body, random), 0, Buffer.from(pick(random, PUT))),
  },
  {
    name: 'characters replaced',
    sight: 'value',
    apply: (body, random) =>
      edited(body, at(body, random), 1 + below(random, 4), Buffer.from(pick(random, PUT))),
  },
  {
    name: 'bytes left out',
    sight: 'value',
    apply: (body, random) => edited(body, at(body, random), 1 + below(random, 40), Buffer.alloc(0)),
  },
  {
    name: 'a stretch twice',
    sight: 'value',
    apply(body, random) {
      const [one, other] = [at(body, random), at(body, random)].toSorted((a, b) => a - b) as [number, number];
      return edited(body, one, 0, body.subarray(one, Math.min(other, one + 4000)));
    },
  },
  {
    name: 'the halves swapped',
    sight: 'value',
    apply(body, random) {
      const place = at(body, random);
      return Buffer.concat([body.subarray(place), body.subarray(0, place)]);
    },
  },
  {
    name: 'a bit flipped',
    sight: 'value',
    apply(body, random) {
      if (body.length === 0) return undefined;
      const flipped = Buffer.from(body);
      const place = at(body, random);
      flipped[place] = (flipped[place] ?? 0) ^ (1 << below(random, 8));
      return flipped;
    },
  },
  {
    name: 'bytes of no encoding',
    sight: 'value',
    apply: (body, random) =>
      edited(
        body,
        at(body, random),
        1,
        Buffer.from(pick(random, [[0xff], [0x80], [0xfe, 0xff], [0x81], [0xc0, 0x80], [0xed, 0xa0, 0x80]])),
      ),
  },
  {
    name: 'another encoding',
    sight: 'value',
    apply: (body) => Buffer.from(body.toString('utf8'), 'utf16le'),
  },
  {
    name: 'a byte order mark',
    sight: 'value',
    apply: (body) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body]),
  },
  {
    name: 'the page of somebody else',
    sight: 'loss',
    apply: (_, random) => Buffer.from(pick(random, PAGES)),
  },
  {
    name: 'noise',
    sight: 'seen',
    apply: (_, random) =>
      Buffer.from(Array.from({ length: 20 + below(random, 2000) }, () => below(random, 256))),
  },
];

function edited(body: Buffer, place: number, cut: number, put: Buffer): Buffer {
  return Buffer.concat([body.subarray(0, place), put, body.subarray(place + cut)]);
}
