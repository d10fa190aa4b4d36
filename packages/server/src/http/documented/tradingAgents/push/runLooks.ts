import type { RunId } from '../../../../ports/runStore.ts';
import type { ViewStore, RunView } from '../../../../ports/viewStore.ts';

/** Runs that are kept in mind; those looked at longest ago are forgotten. */
const MOST_RUNS = 200;

interface Look {
  /** Number of an event that had been told when the look began: it has everything up to there. */
  readonly seq: number;
  readonly run: Promise<RunView | undefined>;
}

/** Runs as they are read for push clients: many who follow one run read it once for each event of it. */
export class RunLooks {
  readonly #store: Pick<ViewStore, 'run'>;
  readonly #looks = new Map<RunId, Look>();

  constructor(store: Pick<ViewStore, 'run'>) {
    this.#store = store;
  }

  /** A run as it is now, or was at some moment after an event. */
  at(id: RunId, seq: number): Promise<RunView | undefined> {
    const known = this.#looks.get(id);
    if (known !== undefined && known.seq >= seq) return known.run;
    const run = this.now(id);
    this.#looks.delete(id);
    this.#looks.set(id, { seq, run });
    run.catch(() => this.#looks.delete(id));
    for (const oldest of this.#looks.keys()) {
      if (this.#looks.size <= MOST_RUNS) break;
      this.#looks.delete(oldest);
    }
    return run;
  }

  now(id: RunId): Promise<RunView | undefined> {
    return this.#store.run(id);
  }
}
