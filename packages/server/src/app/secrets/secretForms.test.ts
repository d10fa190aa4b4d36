import { expect, it } from 'vitest';
import { secretForms } from './secretForms.ts';

it('knows what of an address must not be seen, and the key behind it', () => {
  const secret =
    'https://oapi.example.com/robot/0123456789abcdef?access_token=fedcba9876543210 SEC0011223344';
  expect(secretForms(secret)).toEqual([
    secret,
    'https://oapi.example.com/robot/0123456789abcdef?access_token=fedcba9876543210',
    'SEC0011223344',
    '/robot/0123456789abcdef?access_token=fedcba9876543210',
    '0123456789abcdef',
    'fedcba9876543210',
  ]);
});

it('takes a token as it is, and leaves out what is too short', () => {
  expect(secretForms('0123456789abcdef')).toEqual(['0123456789abcdef']);
  expect(secretForms('short')).toEqual([]);
});
