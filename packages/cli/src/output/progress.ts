import type { Run } from '@tapekeeper/contract';
import { SingleBar } from 'cli-progress';
import type { Say } from '../texts.ts';
import { count, duration } from './format.ts';
import { subjectOf } from './runSubject.ts';

/** Shows how a run gets on, on standard error. */
export interface Progress {
  show(run: Run): void;
  /** Ends the display; later lines stand below it. */
  end(): void;
}

/** Between two lines where no terminal can redraw one. */
const LINE_EVERY_MS = 2000;

/** A bar on a terminal; elsewhere a line at most every two seconds. */
export function showProgress(say: Say): Progress {
  return process.stderr.isTTY ? progressBar(say) : progressLines(say);
}

/** Columns from which a long bar leaves room for all facts. */
const WIDE_TERMINAL = 110;

function progressBar(say: Say): Progress {
  const bar = new SingleBar({
    format: '{dataset} {bar} {percentage} %  {facts}',
    barsize: (process.stderr.columns ?? 0) < WIDE_TERMINAL ? 8 : 24,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    formatValue: (value, _options, type) =>
      type === 'percentage' ? String(value).padStart(3) : String(value),
    hideCursor: true,
    linewrap: true,
    emptyOnZero: true,
    gracefulExit: false,
    fps: 10,
  });
  let begun = false;
  return {
    show(run) {
      const { symbolsDone, symbolsTotal, fraction } = run.progress;
      const facts = { dataset: subjectOf(run).padEnd(NAME_WIDTH), facts: factsOf(run, say) };
      const ended = run.finishedAt !== null;
      const [done, total] = symbolsTotal === 0 ? [ended ? 1 : fraction, 1] : [symbolsDone, symbolsTotal];
      if (begun) bar.setTotal(total);
      else bar.start(total, done, facts);
      begun = true;
      bar.update(done, facts);
    },
    end() {
      if (begun) bar.stop();
      begun = false;
    },
  };
}

/** Width of the longest name of a data set. */
const NAME_WIDTH = 14;

function progressLines(say: Say): Progress {
  let lastAt = -Infinity;
  let lastText = '';
  const write = (text: string): void => {
    if (text === lastText) return;
    process.stderr.write(`${text}\n`);
    lastText = text;
  };
  return {
    show(run) {
      const now = performance.now();
      if (now - lastAt < LINE_EVERY_MS && run.finishedAt === null) return;
      lastAt = now;
      const { symbolsDone, symbolsTotal, fraction } = run.progress;
      const share =
        symbolsTotal === 0 ? (run.finishedAt === null ? fraction : 1) : symbolsDone / symbolsTotal;
      const percentage = `${Math.floor(share * 100)}`.padStart(3);
      write(`${subjectOf(run).padEnd(NAME_WIDTH)} ${percentage} %  ${factsOf(run, say)}`);
    },
    end() {},
  };
}

function factsOf(run: Run, say: Say): string {
  const { symbolsDone, symbolsTotal, itemsTotal, rowsPerSecond, etaMs, currentSource } = run.progress;
  if (run.finishedAt === null && itemsTotal === 0) {
    return run.dataset === null ? (run.progress.step ?? '') : say(waitingFor(run));
  }
  if (run.state === 'success' && itemsTotal === 0) return say('progress.nothing');
  const source = currentSource ?? run.plan?.source ?? null;
  return [
    symbolsTotal === 0
      ? undefined
      : say('progress.symbols', { done: count(symbolsDone), total: count(symbolsTotal) }),
    say('progress.rows', { rows: count(run.rowsWritten + run.rowsUnchanged) }),
    rowsPerSecond === null || run.finishedAt !== null
      ? undefined
      : say('progress.rate', { rate: count(rowsPerSecond) }),
    run.finishedAt !== null || etaMs === null ? undefined : say('progress.eta', { eta: duration(etaMs) }),
    source ?? undefined,
  ]
    .filter((part) => part !== undefined)
    .join('  ');
}

function waitingFor(run: Run): 'progress.lists' | 'progress.planning' {
  return run.reason === 'waits_for_requirement' ? 'progress.lists' : 'progress.planning';
}
