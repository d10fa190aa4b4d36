import type { RouteOptions } from 'fastify';
import type { HttpApp } from '../context.ts';

/** The routes of the documented systems as the framework knows them, to tell a wrong method from a wrong path. */
export interface DocumentedPaths {
  /** Methods of the routes that a path leads to; empty where it leads to none. */
  methodsOf(path: string): readonly string[];
}

/** Listens to the routes that are added from now on. */
export function watchPaths(app: HttpApp, prefixes: readonly string[]): DocumentedPaths {
  const known = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>();
  app.addHook('onRoute', ({ url, method }: RouteOptions) => {
    if (!prefixes.some((prefix) => isBelow(url, prefix))) return;
    const entry = known.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() };
    for (const one of [method].flat()) entry.methods.add(one);
    known.set(url, entry);
  });
  return {
    methodsOf: (path) =>
      [...known.values()].filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => [...methods]),
  };
}

/** Whether a path is a beginning itself, or goes on from it. */
export function isBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}

function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : part));
  return new RegExp(`^${parts.join('/')}$`);
}
