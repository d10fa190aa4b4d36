import type { Service } from './loop.ts';

/** What a process of an installation may be there for; one process is all of it unless told otherwise. */
export const ROLES = ['api', 'scheduler', 'worker'] as const;
export type Role = (typeof ROLES)[number];

/** A long-lived part of the program, and the processes that it runs in: those of any of the roles. */
export interface RoleService {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly service: Service;
}

/** Starts what belongs to the roles, one after the other. A service that does not start ends it. */
export async function startServices(
  services: readonly RoleService[],
  roles: readonly Role[] = ROLES,
): Promise<void> {
  for (const one of services) {
    if (one.roles.some((role) => roles.includes(role))) await one.service.start();
  }
}
