import { parseDay, plainDay, type Instant, shanghaiInstant } from '@tapekeeper/core';
import { type Replay, startReplay } from '../replay.ts';
import { generateWorld } from '../world/generateWorld.ts';
import { openWorld } from '../world/openWorld.ts';
import { sampleFolder } from '../world/sampleFolder.ts';
import type { World } from '../world/world.ts';
import type { AnswerEdit } from './answerEdit.ts';
import { startEditedTushare } from './editedTushare.ts';
import type { Scenario, Step, WorldOfScenario } from './scenario.ts';

/** The running upstreams of a scenario. */
export interface OpenScenario {
  readonly world: World;
  /** Its `tushareUrl` is that of the server itself, which edits do not reach. */
  readonly replay: Replay;
  readonly tushareUrl: string;
  /** What a step does to the upstreams; steps about anything else change nothing. */
  apply(step: Step): void;
  stop(): Promise<void>;
}

/**
 * Opens the world of a scenario and starts the upstream servers over it.
 * @param now the scenario's time, which quotas are counted by
 */
export async function openScenario(scenario: Scenario, now: () => Instant): Promise<OpenScenario> {
  const world = await worldOf(scenario.world);
  const { edits: firstEdits = [], ...options } = scenario.upstream;
  const replay = await startReplay({ world, now, ...options });
  let edits: readonly AnswerEdit[] = firstEdits;
  const door = hasEdits(scenario) ? await startEditedTushare(replay.tushareUrl, () => edits) : undefined;
  return {
    world,
    replay,
    tushareUrl: door === undefined ? replay.tushareUrl : `http://${door.host}:${door.port}`,
    apply(step) {
      if (step.do === 'clear_faults') {
        edits = [];
        replay.clearFaults();
      }
      if (step.do === 'add_faults') {
        edits = [...edits, ...(step.edits ?? [])];
        for (const fault of step.faults ?? []) replay.addFault(fault);
      }
    },
    async stop() {
      await door?.close();
      await replay.stop();
    },
  };
}

/**
 * The instant of a moment as scenarios write it.
 * @example momentOf('2025-11-28 20:00')
 */
export function momentOf(text: string): Instant {
  const [dayText = '', time = ''] = text.split(' ');
  const [hours, minutes] = time.split(':').map(Number);
  return shanghaiInstant(parseDay(dayText) ?? plainDay(dayText), (hours ?? 0) * 60 + (minutes ?? 0));
}

/** Without any the servers are reached directly, so that their faults of the wire are felt as they are. */
function hasEdits({ upstream, steps }: Scenario): boolean {
  return upstream.edits !== undefined || steps.some((step) => step.do === 'add_faults' && step.edits);
}

async function worldOf(wish: WorldOfScenario): Promise<World> {
  if (wish.kind === 'sample') return openWorld(sampleFolder());
  const { seed, symbols, from, to } = wish;
  return generateWorld({ seed, symbols, from, to });
}
