import { argon2Sync, type Argon2Parameters } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import { createPasswords, HASH_COST, type Derive } from './passwords.ts';
import { readPhc, writePhc } from './phc.ts';

const CHEAP = { memory: 64, passes: 1, parallelism: 1 };
const PASSWORD = 'seven grey owls at noon';

describe('a hash', () => {
  it('is a PHC string of argon2id with the floor of OWASP, and salted', async () => {
    const passwords = createPasswords();
    const [one, two] = await Promise.all([passwords.hash(PASSWORD), passwords.hash(PASSWORD)]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(one).not.toBe(two);
    expect(await passwords.verify(PASSWORD, one)).toBe('good');
    expect(await passwords.verify(`${PASSWORD} `, one)).toBe('wrong');
  });

  it('is what other programs make of the same', async () => {
    const salt = Buffer.from('0123456789abcdef');
    const hash = argon2Sync('argon2id', {
      message: PASSWORD,
      nonce: salt,
      parallelism: 2,
      tagLength: 24,
      memory: 128,
      passes: 3,
    });
    const text = writePhc({ memory: 128, passes: 3, parallelism: 2, salt, hash });
    expect(await createPasswords({ cost: CHEAP }).verify(PASSWORD, text)).toBe('good');
    expect(readPhc(text)).toMatchObject({ memory: 128, passes: 3, parallelism: 2 });
  });

  it.each([
    [{ memory: 32, passes: 1, parallelism: 1 }, 'outdated'],
    [{ memory: 64, passes: 2, parallelism: 1 }, 'good'],
  ] as const)('made at %j is %s today', async (cost, verdict) => {
    const text = await createPasswords({ cost }).hash(PASSWORD);
    expect(await createPasswords({ cost: CHEAP }).verify(PASSWORD, text)).toBe(verdict);
  });

  it('belongs to a password however its letters are composed', async () => {
    const passwords = createPasswords({ cost: CHEAP });
    const text = await passwords.hash('caf\u00e9 on the corner');
    expect(await passwords.verify('cafe\u0301 on the corner', text)).toBe('good');
  });

  test.each([
    '',
    'none',
    '$argon2i$v=19$m=64,t=1,p=1$c2FsdA$aGFzaA',
    '$argon2id$v=16$m=64,t=1,p=1$c2FsdA$aGFzaA',
  ])('%j belongs to no password', async (text) => {
    expect(await createPasswords({ cost: CHEAP }).verify('', text)).toBe('wrong');
  });
});

it('does the same work for nobody as for somebody', async () => {
  const asked: Argon2Parameters[] = [];
  const derive: Derive = async (parameters) => {
    asked.push(parameters);
    return new Uint8Array(parameters.tagLength);
  };
  const passwords = createPasswords({ derive });
  const text = await passwords.hash(PASSWORD);
  await passwords.verify(PASSWORD, text);
  expect(await passwords.verify(PASSWORD, null)).toBe('wrong');
  const costs = asked.map(({ memory, passes, parallelism, tagLength }) => ({
    memory,
    passes,
    parallelism,
    tagLength,
  }));
  expect(costs).toEqual(Array(3).fill({ ...HASH_COST, tagLength: 32 }));
});

it('works on two at a time, lets sixteen wait, and sends away whoever comes then', async () => {
  const started: (() => void)[] = [];
  const derive: Derive = ({ tagLength }) =>
    new Promise((resolve) => started.push(() => resolve(new Uint8Array(tagLength))));
  const passwords = createPasswords({ derive });
  const asked = Array.from({ length: 18 }, () => passwords.hash(PASSWORD));
  expect(started).toHaveLength(2);
  await expect(passwords.hash(PASSWORD)).rejects.toMatchObject({ code: 'passwords_busy' });
  let most = 0;
  for (let done = 0; done < 18; done += 1) {
    most = Math.max(most, started.length - done);
    started[done]?.();
    await asked[done];
  }
  expect(most).toBe(2);
  expect(await Promise.all(asked)).toHaveLength(18);
  const after = passwords.hash(PASSWORD);
  started.at(-1)?.();
  await after;
});

it('goes on after a hash that failed', async () => {
  let fails = true;
  const derive: Derive = async ({ tagLength }) => {
    if (fails) throw new Error('out of memory');
    return new Uint8Array(tagLength);
  };
  const passwords = createPasswords({ derive });
  const failed = await Promise.allSettled(Array.from({ length: 6 }, () => passwords.hash(PASSWORD)));
  expect(failed.every(({ status }) => status === 'rejected')).toBe(true);
  fails = false;
  expect(await passwords.hash(PASSWORD)).toMatch(/^\$argon2id/);
});
