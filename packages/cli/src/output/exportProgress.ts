import type { ExportProgress } from '@tapekeeper/server/upkeep/exportData';
import { SingleBar } from 'cli-progress';
import type { Say } from '../texts.ts';
import { count, percent } from './format.ts';

const LINE_EVERY_MS = 2000;

/** How far an export has come: a bar on a terminal, else a line at most every two seconds. */
export function exportProgress(
  say: Say,
  title: string,
): { show(progress: ExportProgress): void; end(): void } {
  return process.stderr.isTTY ? progressBar(say, title) : progressLines(say, title);
}

function progressBar(say: Say, title: string): ReturnType<typeof exportProgress> {
  const bar = new SingleBar({
    format: '{title} {bar} {percentage} %  {facts}',
    barsize: 24,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: true,
    gracefulExit: false,
    fps: 10,
  });
  let begun = false;
  return {
    show({ rows, total }) {
      const facts = { title, facts: say('progress.rows', { rows: count(rows) }) };
      if (!begun) bar.start(Math.max(total, 1), 0, facts);
      begun = true;
      bar.update(rows, facts);
    },
    end() {
      if (begun) bar.stop();
      begun = false;
    },
  };
}

function progressLines(say: Say, title: string): ReturnType<typeof exportProgress> {
  let lastAt = performance.now();
  return {
    show({ rows, total }) {
      const now = performance.now();
      if (now - lastAt < LINE_EVERY_MS) return;
      lastAt = now;
      const share = percent(Math.min(rows, total), total);
      process.stderr.write(`${title}  ${share}  ${say('progress.rows', { rows: count(rows) })}\n`);
    },
    end() {},
  };
}
