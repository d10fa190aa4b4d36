import { AppError, isKnown, may, type Identity } from '@tapekeeper/core';
import type { FastifyRequest, RouteOptions } from 'fastify';
import { POLICY } from './policy.ts';
import type { Need, Policy } from './policies.ts';

/** The name under which the policies know a route. */
export function operationOf(schema: { readonly operationId?: unknown } | undefined): string | undefined {
  return typeof schema?.operationId === 'string' ? schema.operationId : undefined;
}

/** Throws where a route is made that nobody has said who may use. */
export function requirePolicy({
  method,
  url,
  schema,
}: Pick<RouteOptions, 'method' | 'url' | 'schema'>): void {
  const operation = operationOf(schema);
  if (operation === undefined || !Object.hasOwn(POLICY, operation))
    throw new AppError('internal', {
      message: `${String(method)} ${url} has no policy (${operation ?? 'no operation id'})`,
    });
}

/** How the process is has to be told while the database, which knows everybody, is away: nobody is asked who they are. */
const HEALTH: ReadonlySet<string> = new Set(['alive', 'ready']);

/** Whether a request only asks how the process is. */
export function isHealth(request: FastifyRequest): boolean {
  return HEALTH.has(operationOf(request.routeOptions.schema as { operationId?: unknown } | undefined) ?? '');
}

/** The policy of the route that a request has found; undefined where it has found none. */
export function policyOf(request: FastifyRequest): Policy | undefined {
  return POLICY[operationOf(request.routeOptions.schema as { operationId?: unknown } | undefined) ?? ''];
}

/** Throws unless somebody may do what a policy says: `token_required` for who is unknown, `forbidden` for who may not. */
export function authorise(identity: Identity, { need }: Policy, tokenFile: string): void {
  if (need === 'public') return;
  const allowed = isAllowed(identity, need);
  if (allowed) return;
  if (!isKnown(identity)) throw new AppError('token_required', { file: tokenFile });
  throw new AppError('forbidden', { who: identity.name, need });
}

function isAllowed(identity: Identity, need: Exclude<Need, 'public'>): boolean {
  if (need === 'self') return isKnown(identity);
  if (need === 'person')
    return isKnown(identity) && (identity.proof !== 'apiToken' || may(identity, 'admin'));
  return may(identity, need);
}
