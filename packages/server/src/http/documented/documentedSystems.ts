import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CookieRules } from '../auth/sessionCookie.ts';
import type { HttpApp, HttpContext } from '../context.ts';
import { pathOf } from '../pathOf.ts';
import { isBelow, watchPaths } from './documentedPaths.ts';
import { DocumentedRefusal } from './refusal.ts';
import { stockQuote } from './stockQuote/system.ts';
import { refuse, registerSystem, type DocumentedSystem } from './system.ts';
import { tradingAgents } from './tradingAgents/system.ts';
import { zquant } from './zquant/system.ts';

export interface DocumentedSystems {
  /** Answers a request that no route is for, where its path belongs to a documented system; says whether it did. */
  answerUnknown(request: FastifyRequest, reply: FastifyReply): boolean;
  /** The same for a request that failed before any route had it. */
  answerFault(request: FastifyRequest, reply: FastifyReply, thrown: unknown): boolean;
  register(app: HttpApp): void;
}

/** The interfaces of the systems whose clients work here unchanged. It listens to the routes that are added later. */
export function documentedSystems(app: HttpApp, context: HttpContext, rules: CookieRules): DocumentedSystems {
  // the most special beginnings come first
  const systems: readonly DocumentedSystem[] = [zquant(rules), stockQuote(rules), tradingAgents(rules)];
  const paths = watchPaths(
    app,
    systems.flatMap(({ prefixes }) => prefixes),
  );
  const systemOf = (path: string): DocumentedSystem | undefined =>
    systems.find(({ prefixes }) => prefixes.some((prefix) => isBelow(path, prefix)));
  return {
    answerFault(request, reply, thrown) {
      const system = systemOf(pathOf(request));
      if (system !== undefined) refuse(context, system, request, reply, thrown);
      return system !== undefined;
    },
    answerUnknown(request, reply) {
      const path = pathOf(request);
      const system = systemOf(path);
      if (system === undefined) return false;
      const methods = paths.methodsOf(path);
      if (methods.length > 0) reply.header('allow', methods.join(', '));
      const refusal =
        methods.length > 0
          ? new DocumentedRefusal('not_found', 405, 'Method Not Allowed')
          : new DocumentedRefusal('not_found', 404, 'Not Found');
      refuse(context, system, request, reply, refusal);
      return true;
    },
    register(scope) {
      for (const system of systems) registerSystem(scope, context, system);
    },
  };
}
