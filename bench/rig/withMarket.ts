import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Works with the folder of a generated market, which is there only as long. */
export async function withMarket<T>(
  size: { symbols: number; days: number },
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'tapekeeper-bench-data-'));
  try {
    const writer = fork(new URL('./marketProcess.ts', import.meta.url), [
      folder,
      `${size.symbols}`,
      `${size.days}`,
    ]);
    const [code] = await once(writer, 'exit');
    if (code !== 0)
      throw new Error(`the market was not written: the process ended with code ${String(code)}`);
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
