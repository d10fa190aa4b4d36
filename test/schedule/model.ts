import { jitterOf } from '../../packages/core/src/trigger/jitter.ts';
import type { FireDecision, FireReason, Instant, MisfirePolicy, OverlapPolicy } from '@tapekeeper/core';
import { slowMoments, type MomentRule } from './slowMoments.ts';

/** A job of a trial, told to the product as a schedule and to the model as what it means. */
export interface ModelJob {
  readonly key: string;
  readonly rule: MomentRule;
  readonly jitterSeconds: number;
  readonly misfire: MisfirePolicy;
  readonly graceSeconds: number | null;
  readonly overlap: OverlapPolicy;
  readonly mostRuns: number;
}

/** A fire as it should be. Runs are counted, since their ids are the database's. */
export interface ModelFire {
  readonly from: Instant;
  until: Instant;
  count: number;
  readonly decision: FireDecision;
  readonly reason: FireReason;
  /** Which runs of the job stood in the way. */
  readonly blockers: readonly number[];
  /** Which run of the job it became; null where it did not run. */
  readonly run: number | null;
}

const CATCH_UP = 10;
const MOST_WAITING = 100;
const MOST_NAMED = 20;

/**
 * What should be decided about one job, worked out moment by moment from what the policies promise, with
 * no code of the product but the hash of the jitter.
 */
export class Model {
  readonly fires: ModelFire[] = [];
  readonly #job: ModelJob;
  #open: readonly number[] = [];
  #runs = 0;
  #left: { readonly at: Instant; readonly due: Instant }[];

  constructor(job: ModelJob, after: Instant, until: Instant) {
    this.#job = job;
    this.#left = slowMoments(job.rule, after, until).map((at) => ({
      at,
      due: at + jitterOf(job.key, at, job.jitterSeconds),
    }));
  }

  /** All its runs have ended. */
  finish(): void {
    this.#open = [];
  }

  /** Some scheduler gets to it. */
  decide(now: Instant): void {
    const due = this.#left.filter((moment) => moment.due <= now);
    this.#left = this.#left.slice(due.length);
    const isLate = (place: number): boolean => {
      const { graceSeconds } = this.#job;
      if (graceSeconds === null) return place + 1 < due.length;
      return now - (due[place]?.due ?? now) > graceSeconds * 1000;
    };
    let place = 0;
    while (place < due.length) {
      const verdict = this.#verdict(due.length - place, isLate(place));
      let end = place + 1;
      if (verdict !== 'alone') {
        while (end < due.length && this.#verdict(due.length - end, isLate(end)) === verdict) end += 1;
      }
      const stretch = { from: due[place]?.at ?? 0, until: due[end - 1]?.at ?? 0, count: end - place };
      if (verdict === 'alone' || verdict === 'together') {
        const onTime = stretch.count === 1 && !isLate(place);
        this.#run(stretch, onTime ? 'on_time' : 'caught_up', due.length > 1);
      } else {
        this.#add({ ...stretch, decision: 'missed', reason: verdict, blockers: [], run: null });
      }
      place = end;
    }
  }

  /** What becomes of the moment which is the nth from the end of those that are due. */
  #verdict(fromEnd: number, isLate: boolean): 'too_late' | 'catch_up_limit' | 'together' | 'alone' {
    switch (this.#job.misfire) {
      case 'run_once':
        return 'together';
      case 'skip':
        return isLate ? 'too_late' : 'together';
      case 'run_all':
        return fromEnd > CATCH_UP ? 'catch_up_limit' : 'alone';
    }
  }

  #run(stretch: Pick<ModelFire, 'from' | 'until' | 'count'>, reason: FireReason, several: boolean): void {
    const { misfire, mostRuns } = this.#job;
    const overlap = misfire === 'run_all' && several ? 'queue' : this.#job.overlap;
    const isFree = this.#open.length < mostRuns;
    const waits = overlap === 'queue' || overlap === 'replace';
    if (!isFree && (!waits || this.#open.length >= mostRuns + MOST_WAITING)) {
      const blockers = this.#open.slice(0, MOST_NAMED);
      this.#add({ ...stretch, decision: 'skipped', reason: 'job_busy', blockers, run: null });
      return;
    }
    const run = this.#runs++;
    if (isFree) this.#open = [...this.#open, run];
    else this.#open = overlap === 'replace' ? [run] : [...this.#open, run];
    const why = isFree ? reason : overlap === 'replace' ? 'replaced' : 'queued';
    this.#add({ ...stretch, decision: 'ran', reason: why, blockers: [], run });
  }

  #add(fire: ModelFire): void {
    const last = this.fires.at(-1);
    const goesOn =
      last !== undefined &&
      fire.decision !== 'ran' &&
      last.decision === fire.decision &&
      last.reason === fire.reason &&
      last.blockers.join() === fire.blockers.join();
    if (!goesOn) {
      this.fires.push(fire);
      return;
    }
    last.until = fire.until;
    last.count += fire.count;
  }
}
