import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { HEADER_BYTES, SEPARATOR, TERMINATOR } from '../../packages/server/src/sources/baostock/frame.ts';
import { packedAnswer, textAnswer } from '../conformance/loopbackBaostock.ts';
import { below, type Random } from '../chaos/random.ts';
import { BYTE_MUTATIONS } from './byteMutations.ts';
import { JSON_MUTATIONS } from './jsonMutations.ts';
import { pick, type Mutation } from './mutation.ts';

/** An answer of BaoStock: the bytes of a frame, and how the connection goes on after them. */
export interface Framed {
  readonly bytes: Buffer;
  readonly after: 'stay' | 'end' | 'reset';
  /** Bytes come in pieces of this size. */
  readonly pieceBytes?: number;
}

const PACKED_TYPE = '96';
const RECORD_PART = 6;

export const BAOSTOCK_MUTATIONS: readonly Mutation<Framed>[] = [
  ...JSON_MUTATIONS.map((mutation) =>
    ofBody(mutation.name, mutation.sight, (body, random) => {
      const parts = body.split(SEPARATOR);
      const record = mutation.apply(parts[RECORD_PART] ?? '', random);
      return record === undefined ? undefined : parts.with(RECORD_PART, record).join(SEPARATOR);
    }),
  ),
  ...BYTE_MUTATIONS.filter(({ name }) => !name.includes('encoding')).map((mutation) =>
    ofBody(mutation.name, mutation.sight, (body, random) =>
      mutation.apply(Buffer.from(body), random)?.toString('utf8'),
    ),
  ),
  // the frame itself
  ...BYTE_MUTATIONS.map(({ name, sight, apply }): Mutation<Framed> => ({
    name: `${name}, of the frame`,
    // the checksum of a packed answer covers nothing that is known, its stream has one of its own
    sight: sight === 'loss' ? 'seen' : sight,
    apply(framed, random) {
      const bytes = apply(framed.bytes, random);
      return bytes === undefined ? undefined : { bytes, after: 'end' };
    },
  })),
  ofBody('another part', 'value', (body, random) => {
    const parts = body.split(SEPARATOR);
    const at = below(random, parts.length);
    return parts
      .with(at, pick(random, ['', '0', '1', '2', '10', 'login', '9'.repeat(12), 'null', 'date,code']))
      .join(SEPARATOR);
  }),
  ofBody('a part too many', 'value', (body, random) => {
    const parts = body.split(SEPARATOR);
    return parts.toSpliced(below(random, parts.length), 0, pick(random, ['', '0', 'x'])).join(SEPARATOR);
  }),
  ofBody('a part left out', 'value', (body, random) => {
    const parts = body.split(SEPARATOR);
    return parts.toSpliced(below(random, parts.length), 1).join(SEPARATOR);
  }),
  ofColumns('a column renamed', 'seen', (names, random) =>
    names.with(below(random, names.length), 'renamed'),
  ),
  ofColumns('a column left out', 'seen', (names, random) => names.toSpliced(below(random, names.length), 1)),
  ofColumns('a column twice', 'seen', (names, random) =>
    names.with(below(random, names.length), names[0] ?? ''),
  ),
  ofColumns('two columns swapped', 'value', (names, random) => {
    const [one, other] = [below(random, names.length), below(random, names.length)];
    return one === other ? undefined : names.with(one, names[other] ?? '').with(other, names[one] ?? '');
  }),
  ofColumns('a column of every object', 'seen', (names, random) =>
    names.with(below(random, names.length), '__proto__'),
  ),
  ofBody('a refusal', 'seen', (body, random) => {
    const code = pick(random, [
      '10001001',
      '10002007',
      '10004020',
      '10001011',
      '1',
      '99999999999',
      '-1',
      'x',
      '',
    ]);
    return [code, 'refused', ...body.split(SEPARATOR).slice(2)].join(SEPARATOR);
  }),
  ofFrame('a length too short', ({ bytes }, random) =>
    withLength(bytes, lengthOf(bytes) - 1 - below(random, 100)),
  ),
  ofFrame('a length too long', ({ bytes }, random) =>
    withLength(bytes, lengthOf(bytes) + 1 + below(random, 100)),
  ),
  ofFrame('a length beyond all bounds', ({ bytes }, random) =>
    withLength(bytes, pick(random, [9_999_999_999, 67_108_865, 2 ** 31])),
  ),
  ofFrame('a length that is no number', ({ bytes }) => edited(bytes, 11, '00000000x1')),
  ofFrame('another checksum', ({ bytes }, random) =>
    typeOf(bytes) === PACKED_TYPE
      ? undefined
      : withChecksum(bytes, String(crc32(bytes) ^ (1 + below(random, 1000))).replace('-', '')),
  ),
  ofFrame('a checksum of letters', ({ bytes }) => withChecksum(bytes, 'checksum')),
  ofFrame('another type', ({ bytes }, random) =>
    edited(bytes, 8, pick(random, ['00', '04', '12', '46', '96', '99', 'xx'])),
  ),
  ofFrame('no end', ({ bytes }) => bytes.subarray(0, bytes.length - TERMINATOR.length)),
  ofFrame('an answer and a half', ({ bytes }) =>
    Buffer.concat([bytes, bytes.subarray(0, bytes.length >> 1)]),
  ),
  ofFrame('two answers', ({ bytes }) => Buffer.concat([bytes, bytes])),
  ofFrame('a stream that cannot be unpacked', ({ bytes }, random) => {
    if (typeOf(bytes) !== PACKED_TYPE) return undefined;
    const broken = Buffer.from(bytes);
    const place = HEADER_BYTES + 2 + below(random, lengthOf(bytes) - 2);
    broken[place] = (broken[place] ?? 0) ^ (1 << below(random, 8));
    return broken;
  }),
  ofFrame('a stream of something else', ({ bytes }) =>
    typeOf(bytes) === PACKED_TYPE ? packedFrame(deflateSync(Buffer.from('{"record":[]}'))) : undefined,
  ),
  {
    name: 'a reset',
    sight: 'seen',
    apply: (framed) => ({ ...framed, bytes: Buffer.alloc(0), after: 'reset' }),
  },
  { name: 'nothing', sight: 'seen', apply: () => ({ bytes: Buffer.alloc(0), after: 'end' }) },
  {
    name: 'small pieces',
    sight: 'seen',
    apply: (framed, random) => ({
      ...framed,
      pieceBytes: 1 + Math.ceil(framed.bytes.length / (2 + below(random, 30))),
    }),
  },
];

function ofBody(
  name: string,
  sight: Mutation<Framed>['sight'],
  change: (body: string, random: Random) => string | undefined,
): Mutation<Framed> {
  return {
    name,
    sight,
    apply({ bytes }, random) {
      const body = change(bodyOf(bytes), random);
      if (body === undefined) return undefined;
      return {
        bytes: typeOf(bytes) === PACKED_TYPE ? packedAnswer(body) : textAnswer(typeOf(bytes), body),
        after: 'stay',
      };
    },
  };
}

/** The part that names columns is the first with commas after the rows. */
function ofColumns(
  name: string,
  sight: Mutation<Framed>['sight'],
  change: (names: string[], random: Random) => string[] | undefined,
): Mutation<Framed> {
  return ofBody(name, sight, (body, random) => {
    const parts = body.split(SEPARATOR);
    const at = parts.findIndex((part, index) => index > RECORD_PART && part.includes(','));
    const names =
      at < 0
        ? undefined
        : change(
            (parts[at] ?? '').split(',').map((one) => one.trim()),
            random,
          );
    return names === undefined ? undefined : parts.with(at, names.join(', ')).join(SEPARATOR);
  });
}

function ofFrame(
  name: string,
  change: (framed: Framed, random: Random) => Buffer | undefined,
): Mutation<Framed> {
  return {
    name,
    sight: 'seen',
    apply(framed, random) {
      const bytes = change(framed, random);
      return bytes === undefined ? undefined : { bytes, after: 'end' };
    },
  };
}

const typeOf = (bytes: Buffer): string => bytes.toString('latin1', 8, 10);
const lengthOf = (bytes: Buffer): number => Number(bytes.toString('latin1', 11, HEADER_BYTES));

function bodyOf(bytes: Buffer): string {
  if (typeOf(bytes) === PACKED_TYPE)
    return inflateSync(bytes.subarray(HEADER_BYTES, HEADER_BYTES + lengthOf(bytes))).toString('utf8');
  return bytes.toString('utf8', HEADER_BYTES, bytes.lastIndexOf(SEPARATOR));
}

/** A packed answer around a stream of any kind. */
export function packedFrame(stream: Buffer): Buffer {
  const header = `00.9.00\u000196\u0001${String(stream.length).padStart(10, '0')}`;
  return Buffer.concat([Buffer.from(header), stream, Buffer.from('\u0001494239084\n'), TERMINATOR]);
}

function withLength(bytes: Buffer, length: number): Buffer {
  return edited(bytes, 11, String(Math.max(0, length)).padStart(10, '0'));
}

function withChecksum(bytes: Buffer, checksum: string): Buffer {
  return Buffer.concat([
    bytes.subarray(0, bytes.lastIndexOf(SEPARATOR) + 1),
    Buffer.from(checksum),
    TERMINATOR,
  ]);
}

function edited(bytes: Buffer, place: number, text: string): Buffer {
  return Buffer.concat([
    bytes.subarray(0, place),
    Buffer.from(text, 'latin1'),
    bytes.subarray(place + text.length),
  ]);
}
