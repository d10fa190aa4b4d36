import { builtinCalendar } from '@tapekeeper/core';
import { previewOf, type Preview, type PreviewQuestion } from '../app/preview/preview.ts';
import { cronReader } from '../cron/cronReader.ts';
import { cronWords } from '../cron/cronWords.ts';

/**
 * The next moments of a schedule, by the calendar that the program brings along: no installation is
 * needed, nothing is stored. Raises what `previewOf` does.
 */
export function previewTrigger(question: PreviewQuestion): Preview {
  const calendar = builtinCalendar();
  return previewOf(question, { calendar, readCron: cronReader, cronWords, now: question.from, isNew: false });
}
