import { LONG_FORM_FIRES, runScheduleTrial } from '../../schedule/longForm.ts';
import type { Part } from './part.ts';

/** Schedulers killed while the time of the database goes through days with changes of summer time. */
export const fires: Part = {
  name: 'fires',
  about: 'two schedulers with wrong clocks, killed over due times, against a model of every moment',
  usual: { size: LONG_FORM_FIRES, unit: 'fires' },
  async run({ seed, size = LONG_FORM_FIRES, say, interrupted }) {
    const trial = runScheduleTrial({ seed, fires: size, say });
    const { violations, ...raw } = await Promise.race([trial, interrupted]);
    const whole = (count: number): string => count.toLocaleString('en-US');
    return {
      lines: [
        ['fires, of due moments, matched one to one', `${whole(raw.fires)}, ${whole(raw.moments)}`],
        ['kills of schedulers; times without any', `${raw.kills}; ${raw.outages}`],
        ['moments missing, doubled, or decided about wrongly', `${violations.length}`],
        ['seed', `${seed}`],
      ],
      raw,
      violations,
    };
  },
};
