import type { Conversation, Moment, Verdict } from '../support/postgresProxy.ts';
import type { PlannedKill } from './killPlan.ts';
import { commitsItems, decidesFires, movesShard } from './transactions.ts';

interface Armed {
  readonly kill: PlannedKill;
  readonly strike: () => void;
  readonly struck: PromiseWithResolvers<void>;
  readonly timer: NodeJS.Timeout | undefined;
  skip: number;
  done: boolean;
}

/**
 * Waits for the moment of one planned kill at a time and strikes in it: the process is dead before the
 * bytes of the moment go on.
 */
export class Killer {
  #armed: Armed | undefined;

  /** Resolves when it has struck; `strike` has to kill at once. */
  arm(kill: PlannedKill, strike: () => void): Promise<void> {
    const struck = Promise.withResolvers<void>();
    const timer = kill.kind === 'random' ? setTimeout(() => this.#strike(armed), kill.delayMs) : undefined;
    const armed: Armed = { kill, strike, struck, timer, skip: kill.skip, done: false };
    this.#armed = armed;
    return struck.promise;
  }

  /** Takes the kill back; true when it was too late for that. */
  disarm(): boolean {
    const armed = this.#armed;
    this.#armed = undefined;
    clearTimeout(armed?.timer);
    return armed?.done ?? false;
  }

  /** To be asked at each moment between the worker at hand and its database. */
  database(moment: Moment, conversation: Conversation): Verdict {
    const armed = this.#armed;
    if (armed === undefined || armed.done || !fits(armed.kill, moment, conversation)) return 'pass';
    const bytes = moment.kind === 'copy' ? moment.bytes : 0;
    return this.#countDown(armed, bytes);
  }

  /** To be asked at the beginning of each answer of an upstream. */
  answer(bytes: number): Verdict {
    const armed = this.#armed;
    if (armed === undefined || armed.done || armed.kill.kind !== 'call') return 'pass';
    return this.#countDown(armed, bytes);
  }

  #countDown(armed: Armed, bytes: number): Verdict {
    if (armed.skip > 0) {
      armed.skip -= 1;
      return 'pass';
    }
    this.#strike(armed);
    return { cutAfter: Math.floor(bytes * armed.kill.share) };
  }

  #strike(armed: Armed): void {
    armed.done = true;
    armed.strike();
    armed.struck.resolve();
  }
}

function fits({ kind, share }: PlannedKill, moment: Moment, conversation: Conversation): boolean {
  switch (kind) {
    case 'copy':
      return moment.kind === 'copy';
    case 'before_commit':
      return moment.kind === 'commit' && commitsItems(conversation);
    case 'after_commit':
      return moment.kind === 'committed' && commitsItems(conversation);
    case 'control':
      return moment.kind === (share < 0.5 ? 'commit' : 'committed') && movesShard(conversation);
    case 'fire':
      return moment.kind === (share < 0.5 ? 'commit' : 'committed') && decidesFires(conversation);
    case 'call':
    case 'random':
      return false;
  }
}
