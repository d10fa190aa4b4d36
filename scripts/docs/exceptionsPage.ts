import { DOCUMENTED_EXCEPTIONS } from '../../packages/server/src/http/documented/exceptions.ts';
import { page } from './markdown.ts';

/** `docs/reference/exceptions.md`: what clients of the documented systems may, and nobody else. */
export function exceptionsPage(): string {
  return page('Exceptions for documented clients', [
    'Clients of the [documented systems](../documented/README.md) need a few things that the rules of this program do not\n' +
      'allow otherwise. This is the whole of it.',
    ...DOCUMENTED_EXCEPTIONS.flatMap(({ who, what, why }) => [`## ${who}`, what, why]),
  ]);
}
