/**
 * What code may not reach for out of the air (time, chance, environment, network, the host), and where.
 * Everything of the sort comes in as a dependency, so that a test can decide it.
 */

/** One thing that is banned; `globals` are bare names, `properties` are `Object.name`. */
interface Ban {
  readonly globals: readonly string[];
  readonly properties: readonly string[];
  readonly message: string;
}

const BANS = {
  time: {
    globals: ['setTimeout', 'setInterval', 'performance'],
    properties: ['Date.now', 'globalThis.Date', 'process.hrtime', 'AbortSignal.timeout'],
    message: 'Take the time from the Clock.',
  },
  chance: {
    globals: [],
    properties: ['Math.random'],
    message: 'Take chance as a dependency, or secrets from node:crypto.',
  },
  environment: {
    globals: [],
    properties: ['process.env'],
    message: 'Only config.ts reads the environment.',
  },
  network: {
    globals: ['fetch', 'WebSocket', 'EventSource'],
    properties: [],
    message: 'Only source clients and notify call the network.',
  },
  host: {
    globals: ['process', 'Buffer', 'console', 'crypto'],
    properties: [],
    message: 'This package runs in a browser too.',
  },
  waiting: {
    globals: ['setTimeout', 'setInterval'],
    properties: [],
    message: 'A test waits for a signal, never for a time.',
  },
  today: {
    globals: [],
    properties: ['Date.now'],
    message: 'A test does not depend on the day it runs.',
  },
} as const satisfies Record<string, Ban>;

type BanName = keyof typeof BANS;

/** Files and all that is banned in them; of the scopes that fit a file, the last decides. */
export interface Scope {
  readonly files: string;
  readonly bans: readonly BanName[];
}

export const SCOPES: readonly Scope[] = [
  { files: 'packages/core/src/**', bans: ['time', 'chance', 'environment', 'network', 'host'] },
  { files: 'packages/contract/src/**', bans: ['time', 'chance', 'environment', 'host'] },
  { files: 'packages/replay/src/**', bans: ['chance', 'environment'] },
  { files: 'packages/cli/src/**', bans: ['environment'] },
  { files: 'packages/server/src/**', bans: ['time', 'chance', 'environment', 'network'] },
  { files: 'packages/server/src/{sources,notify}/**', bans: ['time', 'chance', 'environment'] },
  { files: 'packages/server/src/config.ts', bans: ['time', 'chance', 'network'] },
  { files: 'packages/server/src/clock.ts', bans: ['chance', 'environment', 'network'] },
  { files: '**/*.test.ts', bans: ['waiting', 'today', 'chance'] },
];

export interface NamedBan {
  readonly name: string;
  readonly message: string;
}

/** The global names that a scope bans. */
export function bannedGlobals(scope: Scope): NamedBan[] {
  return scope.bans.flatMap((ban) => BANS[ban].globals.map((name) => ({ name, message: BANS[ban].message })));
}

/** The `Object.name` pairs that a scope bans. */
export function bannedProperties(scope: Scope): NamedBan[] {
  return scope.bans.flatMap((ban) =>
    BANS[ban].properties.map((name) => ({ name, message: BANS[ban].message })),
  );
}

/** Whether the scope may not build a `Date` of the present moment. */
export function bansPresentDate(scope: Scope): boolean {
  return scope.bans.includes('time') || scope.bans.includes('today');
}

/** Every name that some scope bans: what the canary plants everywhere. */
export function everyBannedName(): { globals: string[]; properties: string[] } {
  return {
    globals: [...new Set(SCOPES.flatMap((scope) => bannedGlobals(scope).map((ban) => ban.name)))],
    properties: [...new Set(SCOPES.flatMap((scope) => bannedProperties(scope).map((ban) => ban.name)))],
  };
}
