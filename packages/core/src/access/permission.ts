/**
 * What somebody may do. `data` is reading rows of data sets, `read` reading everything else that is no secret,
 * `operate` starting, stopping and changing work, `admin` people, secrets and settings.
 */
export const PERMISSIONS = ['data', 'read', 'operate', 'admin'] as const;
export type Permission = (typeof PERMISSIONS)[number];

export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** What each role allows; each holds all of the one before. */
export const ROLE_PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = Object.freeze({
  viewer: ['data', 'read'],
  operator: ['data', 'read', 'operate'],
  admin: PERMISSIONS,
});

/** The permissions of a role that a token with these scopes keeps: never more than either. */
export function permissionsOf(role: Role, scopes: readonly Permission[] | null): readonly Permission[] {
  const allowed = ROLE_PERMISSIONS[role];
  return scopes === null ? allowed : allowed.filter((permission) => scopes.includes(permission));
}
