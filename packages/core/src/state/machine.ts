/** State machines as data: one table a machine, read by the code, the docs and the database alike. */

export interface StateMachine<State extends string> {
  readonly name: string;
  readonly initial: State;
  readonly terminal: readonly State[];
  /** For each state, the states that may follow it. */
  readonly next: Readonly<Record<State, readonly State[]>>;
}

/** Whether the machine allows the step. */
export function mayStep<State extends string>(machine: StateMachine<State>, from: State, to: State): boolean {
  return machine.next[from].includes(to);
}

/** Every legal step as pairs, in the order of the table. */
export function steps<State extends string>(
  machine: StateMachine<State>,
): readonly (readonly [State, State])[] {
  return (Object.keys(machine.next) as State[]).flatMap((from) =>
    machine.next[from].map((to) => [from, to] as const),
  );
}

/** The machine as a mermaid state diagram, for the docs. */
export function mermaid<State extends string>(machine: StateMachine<State>): string {
  const lines = ['stateDiagram-v2', `  [*] --> ${machine.initial}`];
  for (const [from, to] of steps(machine)) lines.push(`  ${from} --> ${to}`);
  for (const state of machine.terminal) lines.push(`  ${state} --> [*]`);
  return lines.join('\n');
}
