import type { DryRun } from '@tapekeeper/contract';
import { DATASETS } from '@tapekeeper/core';
import type { Context } from '../context.ts';
import { count, duration, percent } from './format.ts';
import { pairs } from './table.ts';

/** What a sync or repair would do. */
export function dryRunText(
  { say, language }: Context,
  { dataset, from, to, plan, share, lackingRights, requires }: DryRun,
): string {
  const shape = plan.shape === null ? '' : `  ${say(`shape.${plan.shape}`)}`;
  const unserved =
    plan.unservedCells === 0 ? '' : `  ${say('plan.unserved', { cells: count(plan.unservedCells) })}`;
  const first: readonly (readonly [string, string])[] =
    requires.length === 0 ? [] : [[say('plan.requires'), requires.join(', ')]];
  const shares = (['minute', 'hour', 'day'] as const).flatMap((window) => {
    const part = share[window];
    return part === null ? [] : [[say(`plan.share.${window}`), percent(part, 1)] as const];
  });
  const nothing = plan.items === 0 && requires.length === 0;
  return pairs([
    [say('column.dataset'), `${dataset}  ${DATASETS[dataset].title[language]}`],
    [say('column.span'), `${from} – ${to}`],
    ...first,
    [say('column.source'), plan.source ?? '-'],
    [say('plan.items'), nothing ? say('plan.nothing') : `${count(plan.items)}${shape}`],
    [say('plan.calls'), count(plan.calls)],
    [say('plan.cells'), `${count(plan.cells)}${unserved}`],
    [say('plan.time'), plan.items === 0 ? '-' : duration(plan.estimatedMs)],
    ...(plan.items === 0 ? [] : shares),
    ...(lackingRights.length === 0
      ? []
      : [
          [
            say('plan.lackingRights'),
            lackingRights.map(({ source, api }) => `${source} ${api}`).join(', '),
          ] as const,
        ]),
  ]);
}
