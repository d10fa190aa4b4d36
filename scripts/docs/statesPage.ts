import {
  ITEM_MACHINE,
  JOB_MACHINE,
  mermaid,
  RUN_MACHINE,
  type ItemState,
  type JobState,
  type RunState,
  type StateMachine,
} from '../../packages/core/src/index.ts';
import { code, list, page } from './markdown.ts';

const RUN: Readonly<Record<RunState, string>> = {
  pending: 'waits for a worker, for the lists that it needs, or for another attempt',
  running: 'a worker holds one of its shards, or a dispatch of it waits in the queue',
  paused: 'stopped by a person, and can go on',
  success: 'everything that was asked for is there, suspended, or absent at every source',
  success_with_errors: 'something failed, was refused by a rule, or could be asked of nobody',
  failed: 'nothing of it could be done, or it could not go on',
  cancelled: 'ended by a person',
  skipped: 'did not begin, since its job or group was busy, or its workflow passed it over',
  missed: 'did not begin, since nobody ran when it was due',
};

const ITEM: Readonly<Record<ItemState, string>> = {
  pending: 'waits for its turn',
  running: 'a worker asks a source for it',
  done: 'its rows, its coverage and its outcome are committed',
  failed: 'its source could not be made to answer; later rounds and runs ask again',
  cancelled: 'its run ended, or was planned again without its source',
};

const JOB: Readonly<Record<JobState, string>> = {
  enabled: 'its trigger makes it run',
  paused: 'its trigger waits: nothing is due until it is resumed, and nothing is made up for then',
  disabled: 'its trigger does nothing',
};

/** `docs/states.md`: the machines of the core, drawn. */
export function statesPage(): string {
  return page('States', [
    'A state changes only along an arrow. The tables are data in the core; the database has the same steps in\n' +
      '`tapekeeper.state_step` and refuses every other one. A state without an arrow leading out is final: trying again\n' +
      'makes a new run.',
    ...machineBlocks('Run', RUN_MACHINE, RUN),
    ...machineBlocks('Item', ITEM_MACHINE, ITEM),
    ...machineBlocks('Job', JOB_MACHINE, JOB),
  ]);
}

function machineBlocks<State extends string>(
  title: string,
  machine: StateMachine<State>,
  meanings: Readonly<Record<State, string>>,
): readonly string[] {
  const states = Object.keys(machine.next) as State[];
  return [
    `## ${title}`,
    `\`\`\`mermaid\n${mermaid(machine)}\n\`\`\``,
    list(states.map((state) => `${code(state)}: ${meanings[state]}`)),
  ];
}
