import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Exporter } from '../ports/exporter.ts';
import { onFile, writeAtomically } from './atomicFile.ts';
import { FORMATS } from './format.ts';
import { writeQlib } from './qlib/writeQlib.ts';

/** A folder that is made when the first export is written into it. */
export function createExportFolder(folder: string): Exporter {
  const dir = resolve(folder);
  const open = async (name: string): Promise<string> => {
    await onFile(dir, mkdir(dir, { recursive: true, mode: 0o700 }));
    await removeParts(dir, name);
    return join(dir, name);
  };
  return {
    async writeTable(name, format, { columns, batches }, signal) {
      const path = await open(name);
      const chunks = FORMATS[format].encode(columns, batches);
      try {
        return { path, bytes: await writeAtomically(path, chunks, { force: true, signal }) };
      } finally {
        await chunks.return().catch(() => {});
      }
    },
    async writeQlib(name, days, symbols, signal) {
      const path = await open(name);
      const { bytes, rows } = await writeQlib(path, days, symbols, { force: true, signal });
      return { path, bytes, rows };
    },
    async prune(dataset, format, keep) {
      const old = exportsOf(await readdir(dir).catch(() => []), dataset, format).slice(keep);
      for (const name of old) await rm(join(dir, name), { recursive: true, force: true });
      return old;
    },
  };
}

/** What a killed attempt at the same file has left. */
async function removeParts(dir: string, name: string): Promise<void> {
  for (const entry of await readdir(dir)) {
    if (entry.startsWith(`${name}.new-`)) await rm(join(dir, entry), { recursive: true, force: true });
  }
}

/** Exports of a data set in a format, the newest run first; other files of the folder are nobody's business. */
function exportsOf(names: readonly string[], dataset: string, format: string): readonly string[] {
  const form = new RegExp(`^${dataset}-\\d{4}-\\d{2}-\\d{2}-(\\d+)\\.${format}$`);
  return names
    .flatMap((name) => {
      const run = form.exec(name)?.[1];
      return run === undefined ? [] : [{ name, run: Number(run) }];
    })
    .toSorted((a, b) => b.run - a.run)
    .map(({ name }) => name);
}
