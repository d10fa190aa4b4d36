import type { SourceId } from '@tapekeeper/core';
import { checkRights, type CheckedDataset } from '@tapekeeper/server/upkeep/checkRights';
import { openSources } from '@tapekeeper/server/upkeep/openSources';
import type { Context } from '../context.ts';

/** The data set that every source and every token can give. */
const PROBED = 'daily_bars';

/** One small call to each source in use. Throws `interrupted` only. */
export async function probeSources(
  { config }: Context,
  tushareToken: string | null,
  signal: AbortSignal,
): Promise<readonly CheckedDataset[]> {
  const { sources, close } = await openSources(config, tushareToken);
  const found: CheckedDataset[] = [];
  try {
    for (const source of sources) {
      for await (const checked of checkRights(source, [PROBED], signal)) found.push(checked);
    }
    return found;
  } finally {
    await close();
  }
}

/** A probe as programs get it. */
export function probeResult({ source, api, probe, error }: CheckedDataset): {
  readonly source: SourceId;
  readonly api: string;
  readonly [fact: string]: unknown;
} {
  return {
    source,
    api,
    ms: probe?.ms ?? null,
    raw: probe?.raw ?? null,
    parsed: probe?.parsed ?? null,
    error: error === undefined ? null : { code: error.code, message: error.message },
  };
}
