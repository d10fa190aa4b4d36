/** Shorter texts are no secrets, and would mask half of what is said. */
const SHORTEST_SECRET = 8;

/**
 * Replaces known secrets in texts, also as they stand in addresses.
 * @example secretMask(() => ['0123456789abcdef'])('token=0123456789abcdef') // 'token=***'
 */
export function secretMask(secrets: () => readonly string[]): (text: string) => string {
  return (text) =>
    secrets()
      .filter((secret) => secret.length >= SHORTEST_SECRET)
      .flatMap((secret) => [secret, encodeURIComponent(secret)])
      .reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
}
