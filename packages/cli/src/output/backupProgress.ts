import type { BackupProgress } from '@tapekeeper/server/upkeep/backUp';
import type { Say } from '../texts.ts';
import { count, size } from './format.ts';

const LINE_EVERY_MS = 2000;
const REDRAW_EVERY_MS = 100;
const ERASE_LINE = '\r\u001b[K';

/** How far a backup or a restore has come: one line on a terminal, else a line at most every two seconds. */
export function backupProgress(say: Say): { show(progress: BackupProgress): void; end(): void } {
  const onTerminal = process.stderr.isTTY;
  let lastAt = performance.now();
  let drawn = false;
  return {
    show({ table, rows, bytes }) {
      const now = performance.now();
      if (now - lastAt < (onTerminal ? REDRAW_EVERY_MS : LINE_EVERY_MS)) return;
      lastAt = now;
      const text = say('backup.progress', { table, rows: count(rows), size: size(bytes) });
      process.stderr.write(onTerminal ? `${ERASE_LINE}${text}` : `${text}\n`);
      drawn = onTerminal;
    },
    end() {
      if (drawn) process.stderr.write(ERASE_LINE);
      drawn = false;
    },
  };
}
