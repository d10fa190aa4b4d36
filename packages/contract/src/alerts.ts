import {
  INCIDENT_EVENTS,
  INCIDENT_STATES,
  RULE_KIND_NAMES,
  SEVERITIES,
  type RuleKind,
} from '@tapekeeper/core';
import { z } from 'zod';
import { noticeSchema } from './channels.ts';
import { countSchema, datasetSchema, daySchema, instantSchema } from './primitives.ts';

export const severitySchema = z.enum(SEVERITIES).describe('to be known, to be looked at today, or now');
export const incidentStateSchema = z.enum(INCIDENT_STATES).describe('state of an incident');
export const ruleKindSchema = z
  .enum(RULE_KIND_NAMES as readonly [RuleKind, ...RuleKind[]])
  .describe('kind of trouble');
const bilingualSchema = z.object({ en: z.string(), zh: z.string() });
const subjectSchema = z.object({
  job: z.string().optional(),
  dataset: z.string().optional(),
  source: z.string().optional(),
});

const memberSchema = z.object({
  key: z.string().describe('the same as long as the same thing is wrong'),
  kind: ruleKindSchema,
  severity: severitySchema,
  subject: subjectSchema,
  since: instantSchema.nullable(),
  text: bilingualSchema,
  isPresent: z.boolean().describe('whether it is so now'),
});

export const incidentSchema = z
  .object({
    id: z.int().positive(),
    state: incidentStateSchema,
    severity: severitySchema,
    cause: z.string().describe('what it is grouped by, such as host:api.tushare.pro'),
    kind: ruleKindSchema,
    subject: subjectSchema,
    title: bilingualSchema,
    firstSeenAt: instantSchema,
    openedAt: instantSchema.nullable(),
    awaySince: instantSchema.nullable().describe('since when nothing of it is there; it ends after a while'),
    resolvedAt: instantSchema.nullable(),
    acknowledged: z
      .object({ at: instantSchema, by: z.string(), note: z.string().nullable() })
      .nullable()
      .describe('who has taken it on: there are no more reminders'),
    noticedAt: instantSchema.nullable().describe('when it was first told of; null while it is silenced'),
    reminders: countSchema,
    nextReminderAt: instantSchema.nullable(),
    mergedInto: z.int().positive().nullable().describe('the incident that it turned out to be a part of'),
    members: z.array(memberSchema).describe('what its cause keeps from working, the cause first'),
  })
  .meta({ id: 'Incident' });
export type Incident = z.output<typeof incidentSchema>;

export const incidentListSchema = z
  .object({
    incidents: z.array(incidentSchema),
    next: z.int().positive().nullable().describe('`before` of the next page; null on the last'),
  })
  .meta({ id: 'IncidentList' });
export type IncidentList = z.output<typeof incidentListSchema>;

export const incidentListQuerySchema = z.strictObject({
  state: z.string().max(200).optional().describe('states to list, separated by commas; open where left out'),
  before: z.coerce.number().int().positive().optional().describe('only incidents before this one'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const incidentParamsSchema = z.strictObject({ id: z.coerce.number().int().positive() });

const timelineSchema = z.object({
  at: instantSchema,
  kind: z.enum(INCIDENT_EVENTS),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
  author: z.string().nullable(),
});

export const incidentDetailSchema = z
  .object({
    incident: incidentSchema,
    advice: bilingualSchema.describe('what a person can do'),
    timeline: z.array(timelineSchema),
    notices: z.array(noticeSchema).describe('newest first, at most 100'),
  })
  .meta({ id: 'IncidentDetail' });
export type IncidentDetail = z.output<typeof incidentDetailSchema>;

export const acknowledgeSchema = z
  .strictObject({ note: z.string().max(500).optional(), author: z.string().max(100).optional() })
  .meta({ id: 'Acknowledgement' });
export type AcknowledgeBody = z.input<typeof acknowledgeSchema>;

const weightSchema = z
  .enum(['opens', 'keeps', 'explains'])
  .describe('worth an incident, enough to keep one open, or only a reason');

export const alertsNowSchema = z
  .object({
    lookedAt: instantSchema.nullable().describe('when the rules were judged; null before the first time'),
    signals: z.array(
      z.object({
        key: z.string(),
        kind: ruleKindSchema,
        severity: severitySchema,
        cause: z.string(),
        weight: weightSchema,
        needs: z.array(z.string()).describe('causes that would explain it, the nearest first'),
        group: z.string().describe('the cause that explains it'),
        text: bilingualSchema,
      }),
    ),
  })
  .meta({ id: 'AlertsNow' });
export type AlertsNow = z.output<typeof alertsNowSchema>;

const scopeSchema = z.union([
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({
    kind: z.enum(['job', 'dataset', 'source']),
    name: z.string().min(1).max(128).describe('key of the job, or name of the data set or source'),
  }),
]);

export const ruleSchema = z
  .object({
    kind: ruleKindSchema,
    scope: scopeSchema,
    enabled: z.boolean(),
    severity: severitySchema,
    params: z.record(z.string(), z.number()),
    isEdited: z.boolean().describe('whether somebody has changed it'),
    title: bilingualSchema,
    about: z.string(),
  })
  .meta({ id: 'AlertRule' });

export const ruleListSchema = z
  .object({
    version: countSchema.describe('to be named by the next change'),
    updatedAt: instantSchema.nullable(),
    updatedBy: z.string().nullable(),
    rules: z.array(ruleSchema),
  })
  .meta({ id: 'AlertRules' });
export type RuleList = z.output<typeof ruleListSchema>;

const MOST_RULES = 500;

export const setRulesSchema = z
  .strictObject({
    version: countSchema.describe('the version that was read'),
    rules: z
      .array(
        z.strictObject({
          kind: ruleKindSchema,
          scope: scopeSchema.default({ kind: 'all' }),
          enabled: z.boolean().optional(),
          severity: severitySchema.optional(),
          params: z.record(z.string(), z.number()).optional(),
        }),
      )
      .max(MOST_RULES)
      .describe('every change of the rules that come with the program; what is left out is as by default'),
    author: z.string().max(100).optional(),
  })
  .meta({ id: 'AlertRuleChanges' });
export type SetRulesBody = z.input<typeof setRulesSchema>;

const matcherSchema = z
  .strictObject({
    cause: z.string().min(1).max(200).optional().describe('a cause, or the beginning of some: host:*'),
    kind: ruleKindSchema.optional(),
    job: z.string().min(1).max(128).optional(),
    dataset: z.string().min(1).max(64).optional(),
    source: z.string().min(1).max(64).optional(),
  })
  .describe('all that is given has to fit the cause of an incident; nothing given fits all');

export const silenceSchema = z
  .object({
    id: z.int().positive(),
    matcher: matcherSchema,
    from: instantSchema,
    until: instantSchema,
    reason: z.string(),
    author: z.string(),
    createdAt: instantSchema,
    endedAt: instantSchema.nullable().describe('when somebody ended it before its time'),
    endedBy: z.string().nullable(),
  })
  .meta({ id: 'Silence' });
export type Silence = z.output<typeof silenceSchema>;

export const silenceListSchema = z.object({ silences: z.array(silenceSchema) }).meta({ id: 'SilenceList' });
export type SilenceList = z.output<typeof silenceListSchema>;

export const silenceListQuerySchema = z.strictObject({
  past: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .describe('the last ones that have ended, in place of those that have not'),
});
export const silenceParamsSchema = z.strictObject({ id: z.coerce.number().int().positive() });

export const newSilenceSchema = z
  .strictObject({
    matcher: matcherSchema,
    from: instantSchema.optional().describe('now where left out'),
    until: instantSchema.optional().describe('its end; or say minutes'),
    minutes: z.int().min(1).max(129_600).optional().describe('how long it lasts from its beginning'),
    reason: z.string().min(1).max(500),
    author: z.string().max(100).optional(),
  })
  .meta({ id: 'NewSilence' });
export type NewSilenceBody = z.input<typeof newSilenceSchema>;

export const errorBudgetSchema = z.object({
  month: z.string().describe('2024-01'),
  days: countSchema.describe('trading days of the month'),
  met: countSchema,
  missed: countSchema.describe('not complete when due, whatever came later'),
  allowed: countSchema.describe('days that the objective leaves to be missed'),
  attained: z.number().nullable().describe('part of the days due so far that were met'),
});

export const targetSchema = z
  .object({
    dataset: datasetSchema,
    due: z.string().describe('a moment of each trading day, close(XSHG)+4h'),
    share: z.number().describe('part of the expected cells that has to be accounted for'),
    objective: z.number().describe('part of the days of a month on which it has to be met'),
    isDefault: z.boolean().describe('whether the program brought it along'),
    version: countSchema,
    since: instantSchema.describe('days that were due before are not judged'),
    budget: errorBudgetSchema,
    days: z
      .array(z.object({ day: daySchema, dueAt: instantSchema, metAt: instantSchema.nullable() }))
      .describe('of the month, oldest first'),
  })
  .meta({ id: 'FreshnessTarget' });
export type FreshnessTarget = z.output<typeof targetSchema>;

export const targetListSchema = z.object({ targets: z.array(targetSchema) }).meta({ id: 'FreshnessTargets' });
export type TargetList = z.output<typeof targetListSchema>;

export const targetListQuerySchema = z.strictObject({
  month: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
    .optional()
    .describe('2024-01; the present month where left out'),
});
export const targetParamsSchema = z.strictObject({ dataset: datasetSchema });

export const setTargetSchema = z
  .strictObject({
    due: z.string().min(1).max(128),
    share: z.number().default(0.99),
    objective: z.number().default(0.95),
    author: z.string().max(100).optional(),
  })
  .meta({ id: 'FreshnessTargetSetting' });
export type SetTargetBody = z.input<typeof setTargetSchema>;
