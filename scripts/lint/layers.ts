/**
 * Who may import whom: the one statement of the layer rules. The linter's configuration is built from
 * this table, the canary plants its violations from it, and ARCHITECTURE.md says it in words.
 */

/** What the files of a folder may import besides each other. */
export interface Layer {
  /** Folder (or single file) from the root of the repository. */
  readonly path: string;
  /** Folders (and single files beside them) of the same package. */
  readonly layers: readonly string[];
  /** Folders of the same package of which only types may be taken. */
  readonly typesOf: readonly string[];
  /** Packages by the text of the import; `node:*` is every module of Node, `@fastify/*` every name below. */
  readonly packages: readonly string[];
  /** Whether `node:*` includes the modules that open connections. */
  readonly network: boolean;
}

const SERVER = 'packages/server/src';

/** Where a process, or a thread of one, is put together: these may import everything. */
export const ROOTS: readonly string[] = [
  `${SERVER}/main.ts`,
  `${SERVER}/wiring/createDeps.ts`,
  `${SERVER}/wiring/createServices.ts`,
  `${SERVER}/wiring/createSettings.ts`,
  `${SERVER}/wiring/createTools.ts`,
  `${SERVER}/wiring/openDatabase.ts`,
  `${SERVER}/wiring/openSecrets.ts`,
  `${SERVER}/store/heartThread.ts`,
];

const layer = (path: string, packages: readonly string[], more: Partial<Layer> = {}): Layer => ({
  path,
  layers: [],
  typesOf: [],
  network: false,
  ...more,
  packages,
});

/** A layer of the server: it may take the core, and the ports unless told otherwise. */
const part = (name: string, packages: readonly string[], more: Partial<Layer> = {}): Layer =>
  layer(`${SERVER}/${name}`, ['@tapekeeper/core', ...packages], { layers: ['ports'], ...more });

const CONTRACT_AND_FASTIFY = ['@tapekeeper/contract', 'fastify', '@fastify/*', 'zod', 'node:*'];

export const LAYERS: readonly Layer[] = [
  layer('packages/core/src', []),
  layer('packages/web/public', []),
  layer('packages/contract/src', ['@tapekeeper/core', 'zod']),
  layer('packages/client/src', ['@tapekeeper/contract', '@tapekeeper/core'], { network: true }),
  layer('packages/replay/src', ['@tapekeeper/core', 'fflate', 'node:*'], { network: true }),
  layer(
    'packages/cli/src',
    [
      '@tapekeeper/core',
      '@tapekeeper/contract',
      '@tapekeeper/client',
      '@tapekeeper/server/main',
      '@tapekeeper/server/config',
      '@tapekeeper/server/settings',
      '@tapekeeper/server/server',
      '@tapekeeper/server/log',
      '@tapekeeper/server/nearest',
      '@tapekeeper/server/upkeep/*',
      'commander',
      'cli-table3',
      'cli-progress',
      'node:*',
    ],
    { network: true },
  ),
  part('ports', [], { layers: [] }),
  part('app', []),
  part('scheduler', [], { layers: ['app', 'ports'] }),
  part('worker', [], { layers: ['app', 'ports'] }),
  part('sources', ['fflate', 'saxes', 'zod', 'node:*'], { network: true }),
  part('store', ['kysely', 'pg', 'pg-copy-streams', 'node:*'], { network: true }),
  part('engine', ['graphile-worker', 'zod', 'node:*']),
  part('cron', ['croner', 'cronstrue/*']),
  part('files', ['node:*']),
  part('export', ['hyparquet-writer', 'node:*']),
  part('command', ['node:*']),
  part('proofs', ['jose', 'node:*']),
  part('http', [...CONTRACT_AND_FASTIFY, 'fastify-type-provider-zod'], {
    layers: ['app', 'export'],
    typesOf: ['ports'],
    network: true,
  }),
  part('live', [...CONTRACT_AND_FASTIFY, 'ws'], { layers: ['app'], typesOf: ['ports'], network: true }),
  part('notify', ['nodemailer', 'zod', 'node:*'], { network: true }),
  part('observe', ['pino', 'prom-client', 'node:*']),
  part('wiring', []),
  part('upkeep', ['@tapekeeper/replay', '@tapekeeper/server', 'node:*'], {
    layers: [
      'ports',
      'app',
      'cron',
      'http',
      'sources',
      'store',
      'export',
      'config.ts',
      'clock.ts',
      'main.ts',
    ],
  }),
  part('server.ts', ['node:*'], {
    layers: ['http', 'live', 'upkeep', 'store', 'ports', 'main.ts'],
    network: true,
  }),
  part('config.ts', ['zod', 'node:*'], { layers: ['nearest.ts', 'settings.ts'] }),
  part('settings.ts', ['zod', 'node:*'], { layers: [] }),
  part('nearest.ts', [], { layers: [] }),
  part('clock.ts', ['node:*']),
];

/** Names of the server's folders that are layers. */
export const SERVER_LAYERS: readonly string[] = LAYERS.filter(isServerFolder).map(nameOf);

/** Files of the server beside its folders: they wire, or are handed out by what wires. */
export const SERVER_FILES: readonly string[] = ['main.ts', ...LAYERS.filter(isFile).map(nameOf)];

/** Whether the layer is a folder of the server (and not a file, nor another package). */
export function isServerFolder(one: Layer): boolean {
  return one.path.startsWith(`${SERVER}/`) && !isFile(one);
}

/** Whether the layer is one file. */
export function isFile(one: Layer): boolean {
  return one.path.endsWith('.ts');
}

/** Last part of the path: `store`, `clock.ts`. */
export function nameOf(one: Layer): string {
  return one.path.slice(one.path.lastIndexOf('/') + 1);
}
