import { join } from 'node:path';
import { EXIT } from '@tapekeeper/core';
import { afterAll, expect, it } from 'vitest';
import { findPostmaster } from '../../packages/server/src/store/embedded/postmaster.ts';
import { dataDirs } from './dataDirs.ts';
import { announced, begin } from './program.ts';

const dirs = dataDirs();
afterAll(() => dirs.remove());

it('ends with an error when its database ends, so that a supervisor can start it again', async () => {
  const dataDir = await dirs.prepared();
  const service = begin(['start', '--json'], {
    TAPEKEEPER_MODE: 'replay',
    TAPEKEEPER_DATA_DIR: dataDir,
    TAPEKEEPER_PORT: '0',
  });
  await announced(service);
  const postmaster = await findPostmaster(join(dataDir, 'postgres'));
  process.kill(postmaster?.pid as number, 'SIGKILL');
  const { code } = await service.ended;
  expect(code).toBe(EXIT.unavailable);
}, 90_000);
