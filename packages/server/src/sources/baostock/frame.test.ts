import { describe, expect, it } from 'vitest';
import { readCaptures } from '../../../../../test/conformance/baostockCaptures.ts';
import { encodeRequest, readHeader } from './frame.ts';

/** Version, type and the parts of the body, as a capture has them. */
function partsOf(request: Buffer): { version: string; type: string; parts: string[] } {
  const text = request.toString('utf8');
  return {
    version: text.slice(0, 7),
    type: text.slice(8, 10),
    parts: text.slice(21).split('\u0001').slice(0, -1),
  };
}

describe('a request to BaoStock', () => {
  it.each(readCaptures())('is byte for byte as captured: $api', ({ request }) => {
    const { version, type, parts } = partsOf(request);
    expect(encodeRequest(version, type, parts).equals(request)).toBe(true);
  });

  it('is as captured when built from its parts by hand', () => {
    const login = encodeRequest('00.9.10', '00', ['login', 'anonymous', '123456', '0']);
    expect(login.toString('latin1')).toBe(
      '00.9.10\x0100\x010000000024login\x01anonymous\x01123456\x010\x01359766228\n',
    );
  });

  it('counts characters, not bytes or halves of surrogate pairs', () => {
    const bytes = encodeRequest('00.9.10', '45', ['浦发𠮷']);
    expect(readHeader(bytes)).toEqual({ version: '00.9.10', type: '45', bodyLength: 3 });
  });
});

describe('a header', () => {
  it.each(['', 'HTTP/1.1 400 Bad Request', '00.9.00\x0134\x01000000030x', '00.9.00\x01ab\x010000000300'])(
    'is not %j',
    (text) => {
      expect(readHeader(Buffer.from(text))).toBeUndefined();
    },
  );
});
