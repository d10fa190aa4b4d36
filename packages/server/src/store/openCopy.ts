import type { PoolClient, Submittable } from 'pg';

interface CopyStream extends Submittable {
  on(event: 'error', listener: () => void): unknown;
}

/**
 * Sends a COPY. A session that is given up tells its streams so once more, after whoever used them has had the
 * error and gone: an error that nobody hears would end the process.
 */
export function openCopy<S extends CopyStream>(client: PoolClient, stream: S): S {
  stream.on('error', () => {});
  return client.query(stream);
}
