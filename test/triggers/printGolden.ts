/** Prints what the reader makes of the golden table, to be run in processes of different zones. */
import { isoInstant } from '@tapekeeper/core';
import { cronReader } from '../../packages/server/src/cron/cronReader.ts';
import { GOLDEN } from './golden.ts';

const times = GOLDEN.map((line) => {
  const cron = cronReader(line.expression, line.zone);
  const found: string[] = [];
  for (let at = Date.parse(line.after); found.length < line.times.length;) {
    const next = cron.next(at);
    if (next === undefined) break;
    found.push(isoInstant(next).replace('.000Z', 'Z'));
    at = next;
  }
  return found;
});
process.stdout.write(JSON.stringify({ offset: new Date(0).getTimezoneOffset(), times }));
