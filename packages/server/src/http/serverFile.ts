import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writePrivateFile } from './privateFile.ts';

/** What a running server tells the commands of the same installation. */
const serverFileSchema = z.object({
  // an address and no name: what it stands for is up to nobody else
  url: z.url({ protocol: /^http$/, hostname: /^(\d+\.\d+\.\d+\.\d+|\[[0-9a-f:.]+\])$/ }),
  pid: z.int().positive(),
  startedAt: z.iso.datetime(),
});
export type ServerFile = z.output<typeof serverFileSchema>;

export async function writeServerFile(dataDir: string, server: ServerFile): Promise<void> {
  await writePrivateFile(pathOf(dataDir), `${JSON.stringify(server)}\n`);
}

/** Undefined where no server has said so, or what is there is no such file. */
export async function readServerFile(dataDir: string): Promise<ServerFile | undefined> {
  try {
    return serverFileSchema.parse(JSON.parse(await readFile(pathOf(dataDir), 'utf8')));
  } catch {
    return undefined;
  }
}

export async function removeServerFile(dataDir: string): Promise<void> {
  await rm(pathOf(dataDir), { force: true });
}

function pathOf(dataDir: string): string {
  return join(dataDir, 'server.json');
}
