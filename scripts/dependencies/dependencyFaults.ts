/** What has to hold of everything that is installed, by the lockfile alone. */

/** The part of package-lock.json that is read here; paths begin with `node_modules/` where they are not ours. */
export interface Lockfile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  /** Needed for work on the program only, and not a part of what is delivered. */
  readonly dev?: boolean;
}

/** The part of a package.json that is read here. */
export type Manifest = Readonly<Partial<Record<(typeof KINDS)[number], Readonly<Record<string, string>>>>>;

const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'overrides'] as const;
const REGISTRY = 'https://registry.npmjs.org/';
const EXACT = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/;

/** Terms that ask for no more than a notice, so that the whole may be passed on under its own. */
const DELIVERED: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'MIT-0',
  'PostgreSQL',
  'Python-2.0',
]);
/** What is not passed on may ask for its own changes back. */
const FOR_WORK: ReadonlySet<string> = new Set([...DELIVERED, 'MPL-2.0']);

/** Names of what is installed and delivered, with versions: `zod@4.6.7`. */
export function deliveredPackages({ packages }: Lockfile): readonly string[] {
  return foreign(packages)
    .filter(([, one]) => one.dev !== true)
    .map(([path, one]) => `${nameOf(path)}@${one.version ?? ''}`);
}

/** Faults of the lockfile and of the manifests by their paths; none where everything is as it has to be. */
export function dependencyFaults(
  lockfile: Lockfile,
  manifests: Readonly<Record<string, Manifest>>,
): readonly string[] {
  const packages = foreign(lockfile.packages);
  return [
    ...packages.flatMap(([path, one]) => faultsOf(path, one)),
    ...Object.entries(manifests).flatMap(([path, manifest]) => rangesOf(path, manifest)),
    ...(packages.length === 0 ? ['the lockfile has nothing in it'] : []),
  ];
}

function faultsOf(path: string, one: LockedPackage): readonly string[] {
  const { license = 'no license', integrity = '', resolved = REGISTRY, dev = false } = one;
  const faults: string[] = [];
  if (!(dev ? FOR_WORK : DELIVERED).has(license)) faults.push(`${path} comes under ${license}`);
  if (!integrity.startsWith('sha512-')) faults.push(`${path} has no digest`);
  if (!resolved.startsWith(REGISTRY)) faults.push(`${path} comes from ${resolved}`);
  return faults;
}

function rangesOf(path: string, manifest: Manifest): readonly string[] {
  return KINDS.flatMap((kind) =>
    Object.entries(manifest[kind] ?? {})
      .filter(([, version]) => !EXACT.test(version))
      .map(([name, version]) => `${path} takes ${name} in any version of ${version}`),
  );
}

function foreign(packages: Lockfile['packages']): readonly [string, LockedPackage][] {
  return Object.entries(packages).filter(
    ([path, { link }]) => path.includes('node_modules/') && link !== true,
  );
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}
