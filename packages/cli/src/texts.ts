import type { Language } from '@tapekeeper/core';
import { ACCESS_TEXTS } from './texts/access.ts';
import { CHANNEL_TEXTS } from './texts/channels.ts';
import { EVENT_TEXTS } from './texts/events.ts';
import { ALERT_TEXTS } from './texts/alerts.ts';
import { EXPLAIN_TEXTS } from './texts/explain.ts';
import { GROUP_TEXTS } from './texts/groups.ts';
import { HELP_TEXTS } from './texts/help.ts';
import { IMPORT_TEXTS } from './texts/imports.ts';
import { JOB_TEXTS } from './texts/jobs.ts';
import { OPERATING_TEXTS } from './texts/operating.ts';
import { OPERATION_TEXTS } from './texts/operations.ts';
import { OUTPUT_TEXTS } from './texts/output.ts';
import { PREVIEW_TEXTS } from './texts/preview.ts';
import { RUN_CONTROL_TEXTS } from './texts/runControl.ts';
import { SECRET_TEXTS } from './texts/secrets.ts';
import { SOURCE_TEXTS } from './texts/sources.ts';
import { STATISTICS_TEXTS } from './texts/statistics.ts';
import { TASK_TEXTS } from './texts/tasks.ts';
import { TITLE_TEXTS } from './texts/titles.ts';

/** Everything that the command line says, in both languages; errors have their own registry in the core. */
export const TEXTS = {
  ...ACCESS_TEXTS,
  ...CHANNEL_TEXTS,
  ...EVENT_TEXTS,
  ...ALERT_TEXTS,
  ...EXPLAIN_TEXTS,
  ...GROUP_TEXTS,
  ...HELP_TEXTS,
  ...IMPORT_TEXTS,
  ...JOB_TEXTS,
  ...OPERATING_TEXTS,
  ...OPERATION_TEXTS,
  ...OUTPUT_TEXTS,
  ...PREVIEW_TEXTS,
  ...RUN_CONTROL_TEXTS,
  ...SECRET_TEXTS,
  ...SOURCE_TEXTS,
  ...STATISTICS_TEXTS,
  ...TASK_TEXTS,
  ...TITLE_TEXTS,
} as const;

export type TextKey = keyof typeof TEXTS;

/** A text of the catalogue; `{name}` is filled from the values. */
export type Say = (key: TextKey, values?: Readonly<Record<string, string | number>>) => string;

/** @example sayIn('en')('runs.none') */
export function sayIn(language: Language): Say {
  return (key, values = {}) =>
    TEXTS[key][language].replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}
