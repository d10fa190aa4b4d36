import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { Clock } from '../ports/clock.ts';
import type { ProofLives, Proofs } from '../ports/proofs.ts';
import type { SecretBox } from '../ports/secretStore.ts';
import { createAccessTokens } from './accessTokens.ts';
import { createPasswords, type PasswordOptions } from './passwords.ts';

const SECRET_BYTES = 32;
/** Without I, L, O and U, which are misread, or read as words. */
const CODE_SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_GROUPS = 4;
const CODE_GROUP_SIGNS = 5;

export interface ProofOptions {
  /** Where the signing key is kept, for all processes of an installation. */
  readonly secrets: Pick<SecretBox, 'readOrMake'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly lives: ProofLives;
  readonly passwords?: PasswordOptions;
}

/** Passwords, tokens and random secrets over what Node brings. */
export function createProofs({ secrets, clock, lives, passwords }: ProofOptions): Proofs {
  const newSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url');
  return {
    passwords: createPasswords(passwords),
    accessTokens: createAccessTokens({ key: () => secrets.readOrMake('signing', newSecret), clock }),
    lives,
    newSecret,
    newSetupCode: () => Array.from({ length: CODE_GROUPS }, codeGroup).join('-'),
    newFamily: () => randomUUID(),
    digest: (text) => createHash('sha256').update(text).digest(),
  };
}

function codeGroup(): string {
  return Array.from({ length: CODE_GROUP_SIGNS }, () => CODE_SIGNS[randomInt(CODE_SIGNS.length)]).join('');
}
