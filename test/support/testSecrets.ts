import { randomBytes } from 'node:crypto';
import type { SecretBox } from '../../packages/server/src/ports/secretStore.ts';
import type { Database } from '../../packages/server/src/store/connection.ts';
import type { KeyFile, SecretKey } from '../../packages/server/src/store/secretKey.ts';
import { createSecretBox } from '../../packages/server/src/store/secrets.ts';

/** One for all databases of a test file, so that stands over the same database understand each other. */
const TEST_KEY: SecretKey = { id: 'key-of-tests', key: randomBytes(32) };

/** Real secrets, sealed with a key that lies in no file. */
export function testSecrets(db: Database, noteSecret?: (text: string) => void): SecretBox {
  return createSecretBox({ db, keyFile: keysInMemory([TEST_KEY]), ...(noteSecret && { noteSecret }) });
}

export function keysInMemory(keys: readonly SecretKey[]): KeyFile {
  let known = keys;
  return {
    path: '/data/secret-key',
    keys: () => known,
    reload: async () => {},
    write: async (written) => void (known = written),
  };
}
