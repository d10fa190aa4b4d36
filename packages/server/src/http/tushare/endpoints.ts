/** The paths that Tushare's clients call: the older ones the root, the current ones a path an interface. */
export const ENDPOINTS = { root: '/', base: '/dataapi' } as const;

/**
 * Whether a request is one of Tushare's protocol, whose token comes in the body: the guard lets it by, and
 * its route asks for the token before anything else.
 */
export function takesTokenInBody({
  method,
  path,
}: {
  readonly method: string;
  readonly path: string;
}): boolean {
  const { root, base } = ENDPOINTS;
  return method === 'POST' && (path === root || path === base || path.startsWith(`${base}/`));
}
