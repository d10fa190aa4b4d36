/** Names that histories give to those who are no user. */
export const RESERVED_NAMES: readonly string[] = ['anonymous', 'installation', 'loopback', 'system'];

export const LONGEST_USER_NAME = 64;

/** A number stands for a user by id. */
const NAME = /^[a-z][a-z0-9._@-]*$/;

/**
 * A name as it is kept, whatever case somebody types it in.
 * @example userNameOf(' Li.Wei ') // 'li.wei'
 */
export function userNameOf(typed: string): string {
  return typed.normalize('NFKC').trim().toLowerCase();
}

/**
 * Whether users may be called so: small letters, digits and `. _ @ -`, and nothing that stands for no user.
 * @example isUserName('li.wei') // true
 */
export function isUserName(name: string): boolean {
  return NAME.test(name) && name.length <= LONGEST_USER_NAME && !RESERVED_NAMES.includes(name);
}
