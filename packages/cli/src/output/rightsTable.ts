import { DATASET_IDS, errorText } from '@tapekeeper/core';
import type { CheckedDataset } from '@tapekeeper/server/upkeep/checkRights';
import type { Context } from '../context.ts';
import { bad, good, warning } from './style.ts';
import { table } from './table.ts';

const UNREACHED: readonly string[] = ['transport', 'timeout', 'banned'];

/** Whether the source has answered at all, be it with a refusal. */
export function isReachable({ error }: CheckedDataset): boolean {
  return error === undefined || !UNREACHED.includes(error.code);
}

/** What each source said to each small call. */
export function rightsTable({ say, language }: Context, checked: readonly CheckedDataset[]): string {
  return table(
    [
      { title: say('column.source') },
      { title: say('column.dataset') },
      { title: say('column.interface') },
      { title: say('column.answer') },
    ],
    checked.map((one) => [
      one.source,
      isReachable(one) ? one.dataset : '-',
      isReachable(one) ? one.api : '-',
      answerOf(one, say, language),
    ]),
  );
}

function answerOf(
  { probe, error }: CheckedDataset,
  say: Context['say'],
  language: Context['language'],
): string {
  if (error === undefined) return good(say('rights.ok', { ms: probe?.ms ?? 0 }));
  const text = errorText(error.code, error.details, language);
  return error.code === 'permission_denied' || error.code === 'rate_limited' ? warning(text) : bad(text);
}

/** The sources that may serve each data set, in the order of asking. */
export function readyTable({ say }: Context, checked: readonly CheckedDataset[]): string {
  const rows = DATASET_IDS.map((dataset) => {
    const sources = checked
      .filter(
        (one) => one.dataset === dataset && (one.error === undefined || one.error.code === 'rate_limited'),
      )
      .map(({ source }) => source);
    return [dataset, sources.length === 0 ? warning(say('rights.nobody')) : sources.join(', ')];
  });
  return table([{ title: say('column.dataset') }, { title: say('column.readyFrom') }], rows);
}
