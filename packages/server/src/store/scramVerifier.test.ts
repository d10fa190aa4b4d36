import { expect, test } from 'vitest';
import { scramMatches, scramVerifier } from './scramVerifier.ts';

// Client and server keys of the example in RFC 7677, section 3: user "user", password "pencil".
const SALT = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');

test('makes the verifier of the published example', () => {
  expect(scramVerifier('pencil', SALT, 4096)).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  );
});

test('knows the password of a verifier from any other', () => {
  const verifier = scramVerifier('right');
  expect(scramMatches('right', verifier)).toBe(true);
  expect(scramMatches('wrong', verifier)).toBe(false);
});

test('salts each verifier anew', () => {
  expect(scramVerifier('same')).not.toBe(scramVerifier('same'));
});

test.each(['', 'md5abc', 'SCRAM-SHA-256$', 'plain'])('takes %j for no verifier of any password', (text) => {
  expect(scramMatches('plain', text)).toBe(false);
});
