import { access, constants, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account } from './account.ts';
import { copyBinaries } from './binariesCopy.ts';
import { findPackage, makeLink, type BinariesPackage } from './binariesPackage.ts';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Major version, which the cluster must have too. */
  readonly major: number;
}

/**
 * Programs that can be run, by `account` if one is given. They run in place where that is possible;
 * a copy under `runtimeRoot` is made for another user, who may be unable to read the project's folder,
 * and where the links of the shared libraries are missing and cannot be made.
 */
export async function prepareBinaries(
  runtimeRoot: string,
  account: Account | undefined,
  from?: BinariesPackage,
): Promise<Binaries> {
  const found = from ?? (await findPackage());
  const native =
    !account && (await runsInPlace(found)) ? found.native : await copyBinaries(found, runtimeRoot, account);
  return {
    initdb: program(native, 'initdb'),
    postgres: program(native, 'postgres'),
    major: Number.parseInt(found.version, 10),
  };
}

async function runsInPlace({ native, links }: BinariesPackage): Promise<boolean> {
  try {
    for (const link of links) {
      await makeLink(native, link);
      await stat(join(native, link.from));
    }
    await access(program(native, 'initdb'), constants.X_OK);
    await access(program(native, 'postgres'), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function program(native: string, name: string): string {
  return join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
}
