import { AppError } from '@tapekeeper/core';
import type { Upstream } from '../watch.ts';
import type { BaostockPage } from './reply.ts';

/**
 * Places of the named columns in a page, found by name and in the order asked for; a page without one
 * of them is `malformed`.
 */
export function columnPlaces(
  upstream: Upstream,
  page: BaostockPage,
  names: readonly string[],
): readonly number[] {
  return names.map((name) => {
    const at = page.columns.indexOf(name);
    if (at < 0)
      throw new AppError('malformed', { ...upstream, message: `the answer has no column ${name}.` });
    return at;
  });
}
