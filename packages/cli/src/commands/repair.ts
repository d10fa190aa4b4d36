import { Command } from 'commander';
import type { NewRunBody } from '@tapekeeper/contract';
import { cellsOf, DATASET_IDS } from '@tapekeeper/core';
import type { Api } from '@tapekeeper/client';
import { collect } from '../collect.ts';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { endOfRuns } from '../output/endOfRuns.ts';
import { requireDataset } from '../requireDataset.ts';
import { bodyOf, showPlans, withSyncOptions, type SyncOptions } from './sync.ts';

/** `repair [DATASET]`: fills the gaps between the first covered day and the last final one. */
export function repairCommand({ say, act }: Frame): Command {
  const command = new Command('repair')
    .description(say('help.repair'))
    .argument('[dataset]', say('argument.repairDataset'));
  return withSyncOptions(command, say).action(
    act((context, dataset: string | undefined, options: SyncOptions) => repair(context, dataset, options)),
  );
}

async function repair(context: Context, name: string | undefined, options: SyncOptions): Promise<number> {
  const named = name === undefined ? undefined : requireDataset(context, name);
  const datasets = named === undefined ? DATASET_IDS.filter((id) => cellsOf(id) !== undefined) : [named];
  const bodies = await Promise.all(datasets.map((dataset) => bodyOf(context, 'repair', dataset, options)));
  if (options.dryRun === true) return showPlans(context, bodies);
  const wait = options.wait !== false;
  const collected = await collect(context, wait, (api) =>
    named === undefined ? begun(api, bodies) : Promise.resolve(bodies),
  );
  context.output.result(collected);
  if (collected.runs.length === 0) context.output.line(context.say('repair.nothing'));
  return endOfRuns(context, collected, wait);
}

/** A data set that nobody has begun to collect has no gaps to repair. */
async function begun(api: Api, bodies: readonly NewRunBody[]): Promise<readonly NewRunBody[]> {
  const { datasets } = await api.coverage({});
  const known = new Set<string>(datasets.filter((one) => one.from !== null).map((one) => one.dataset));
  return bodies.filter((body) => known.has(body.dataset));
}
