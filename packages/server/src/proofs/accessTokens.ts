import { randomUUID } from 'node:crypto';
import { errors, jwtVerify, SignJWT, type JWTPayload } from 'jose';
import type { Clock } from '../ports/clock.ts';
import type { AccessClaims, AccessTokens } from '../ports/proofs.ts';

export interface SigningOptions {
  /** The key, 256 bits in base64url; asked for when first needed. */
  readonly key: () => Promise<string>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Pinned: what a token says of its algorithm, of its key or of where to get one is never believed. */
const ALGORITHM = 'HS256';
/** Keeps tokens for other purposes apart, should there be any. */
const TYPE = 'at+jwt';
const PARTY = 'tapekeeper';
/** Clocks of several machines may be so far apart; the database has the last word. */
const TOLERANCE_SECONDS = 30;
const SHORTEST_KEY_BYTES = 32;

/** Signed access tokens (JWT). */
export function createAccessTokens({ key, clock }: SigningOptions): AccessTokens {
  let known: Promise<Uint8Array> | undefined;
  const keyBytes = (): Promise<Uint8Array> =>
    (known ??= readKey(key).catch((error: unknown) => {
      known = undefined;
      throw error;
    }));

  const read = async (token: string): Promise<AccessClaims | undefined> => {
    const secret = await keyBytes();
    try {
      const { payload } = await jwtVerify(token, secret, {
        algorithms: [ALGORITHM],
        typ: TYPE,
        issuer: PARTY,
        audience: PARTY,
        requiredClaims: ['sub', 'sid', 'ver', 'jti', 'iat', 'nbf', 'exp'],
        clockTolerance: TOLERANCE_SECONDS,
        currentDate: new Date(clock.now()),
      });
      return claimsOf(payload);
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined;
      throw error;
    }
  };

  return {
    async sign({ userId, family, proofVersion }, lifeMs) {
      const now = Math.floor(clock.now() / 1000);
      return new SignJWT({ sid: family, ver: proofVersion })
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
        .setIssuer(PARTY)
        .setAudience(PARTY)
        .setSubject(String(userId))
        .setJti(randomUUID())
        .setIssuedAt(now)
        .setNotBefore(now)
        .setExpirationTime(now + Math.floor(lifeMs / 1000))
        .sign(await keyBytes());
    },
    read,
  };
}

async function readKey(key: () => Promise<string>): Promise<Uint8Array> {
  const bytes = Buffer.from(await key(), 'base64url');
  if (bytes.length < SHORTEST_KEY_BYTES) throw new Error('the signing key is too short');
  return bytes;
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** What was signed here has this shape; something else was signed by who else has the key. */
function claimsOf({ sub = '', sid, ver, exp = 0 }: JWTPayload): AccessClaims | undefined {
  if (!/^\d{1,15}$/.test(sub) || typeof sid !== 'string' || !UUID.test(sid)) return undefined;
  if (typeof ver !== 'number' || !Number.isInteger(ver)) return undefined;
  return { userId: Number(sub), family: sid, proofVersion: ver, expiresAt: exp * 1000 };
}
