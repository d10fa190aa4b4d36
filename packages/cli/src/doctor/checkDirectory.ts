import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '@tapekeeper/core';
import type { Context } from '../context.ts';
import { size } from '../output/format.ts';
import { ok, type Check } from './check.ts';

const MEGABYTE = 1024 * 1024;

/** The data directory: there or creatable, writable, with space. */
export async function checkDirectory({ config, say }: Context): Promise<readonly Check[]> {
  const { dataDir: dir, minFreeMegabytes: needed } = config;
  const place = await existing(dir);
  const checks: Check[] = [];
  try {
    await access(place, constants.W_OK);
    checks.push(ok('directory', place === dir ? dir : say('doctor.willMake', { dir })));
  } catch (cause) {
    const message = cause instanceof Error ? `${cause.message}.` : String(cause);
    const error = new AppError('data_dir_unusable', { dir, message }, cause);
    checks.push({ name: 'directory', state: 'failed', detail: dir, error });
  }
  const { bavail, bsize } = await statfs(place);
  const free = Math.floor((bavail * bsize) / MEGABYTE);
  const detail = say('doctor.free', { free: size(free * MEGABYTE), needed: size(needed * MEGABYTE) });
  const error = free < needed ? new AppError('disk_full', { free, needed, dir }) : undefined;
  checks.push(error === undefined ? ok('disk', detail) : { name: 'disk', state: 'failed', detail, error });
  return checks;
}

/** The directory itself, or the nearest one above it that is there. */
async function existing(dir: string): Promise<string> {
  try {
    await access(dir);
    return dir;
  } catch {
    return dirname(dir) === dir ? dir : existing(dirname(dir));
  }
}
