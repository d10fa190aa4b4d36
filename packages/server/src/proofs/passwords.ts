import { argon2, randomBytes, timingSafeEqual, type Argon2Parameters } from 'node:crypto';
import { promisify } from 'node:util';
import { AppError } from '@tapekeeper/core';
import type { Passwords, PasswordVerdict } from '../ports/proofs.ts';
import { readPhc, writePhc, type Phc } from './phc.ts';

/** How slow a hash is; OWASP's floor for argon2id. */
export interface HashCost {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

export const HASH_COST: HashCost = Object.freeze({ memory: 19_456, passes: 2, parallelism: 1 });

export type Derive = (parameters: Argon2Parameters) => Promise<Uint8Array>;

export interface PasswordOptions {
  readonly cost?: HashCost;
  readonly derive?: Derive;
}

const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Each takes a thread and its memory for a tenth of a second. */
const MOST_AT_A_TIME = 2;
const MOST_WAITING = 16;

const deriveArgon2id: Derive = (parameters) => promisify(argon2)('argon2id', parameters);

/** Passwords by argon2id of Node. */
export function createPasswords({
  cost = HASH_COST,
  derive = deriveArgon2id,
}: PasswordOptions = {}): Passwords {
  const inTurn = fewAtATime(MOST_AT_A_TIME, MOST_WAITING);
  const derived = (
    password: string,
    { memory, passes, parallelism }: HashCost,
    salt: Uint8Array,
    bytes: number,
  ) =>
    inTurn(() =>
      derive({
        message: password.normalize('NFC'),
        nonce: salt,
        memory,
        passes,
        parallelism,
        tagLength: bytes,
      }),
    );
  /** Belongs to no password: its hash is no hash of anything. */
  const nobody: Phc = { ...cost, salt: randomBytes(SALT_BYTES), hash: randomBytes(HASH_BYTES) };

  const verify = async (password: string, text: string | null): Promise<PasswordVerdict> => {
    const known = text === null ? undefined : readPhc(text);
    const phc = known ?? nobody;
    const hash = await derived(password, phc, phc.salt, phc.hash.length);
    if (!timingSafeEqual(hash, phc.hash) || known === undefined) return 'wrong';
    return isWeaker(known, cost) ? 'outdated' : 'good';
  };

  return {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES);
      return writePhc({ ...cost, salt, hash: await derived(password, cost, salt, HASH_BYTES) });
    },
    verify,
  };
}

function isWeaker(known: Phc, cost: HashCost): boolean {
  return known.memory < cost.memory || known.passes < cost.passes || known.parallelism < cost.parallelism;
}

/** Works on some at a time while some more wait; whoever comes then is sent away with `passwords_busy`. */
function fewAtATime(most: number, mostWaiting: number): <T>(work: () => Promise<T>) => Promise<T> {
  let busy = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (busy >= most) {
      if (waiting.length >= mostWaiting) throw new AppError('passwords_busy');
      // whoever leaves hands over the place
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else busy += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) busy -= 1;
      else next();
    }
  };
}
