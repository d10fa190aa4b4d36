import { EXCHANGES, type ExchangeId } from '@tapekeeper/core';
import { z } from 'zod';
import { countSchema, instantSchema, symbolSchema } from './primitives.ts';

const authorSchema = z
  .string()
  .max(200)
  .optional()
  .describe('who does it; kept. Only the installation itself may name another than who asks');
const textsSchema = z.array(z.string().max(32)).max(20_000).describe('symbols in any spelling');
const versionSchema = z.int().positive().describe('the version that was seen; another one is a conflict');

export const setRuleSchema = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('all') }),
    z.object({ kind: z.literal('board'), board: z.enum(['main', 'star', 'chinext', 'bse']) }),
    z.object({
      kind: z.literal('exchange'),
      exchange: z.enum(EXCHANGES as readonly [ExchangeId, ...ExchangeId[]]),
    }),
  ])
  .describe('every listed symbol, or those of a board or an exchange, found out whenever the set is read');

export const symbolSetSchema = z
  .object({
    name: z.string(),
    title: z.string().nullable(),
    rule: setRuleSchema.nullable().describe('null where people keep the list'),
    version: z.int().positive(),
    members: countSchema.describe('symbols that were put in; 0 for a rule'),
    createdAt: instantSchema,
    createdBy: z.string(),
    updatedAt: instantSchema,
    updatedBy: z.string(),
  })
  .meta({ id: 'SymbolSet' });
export type SymbolSet = z.output<typeof symbolSetSchema>;

export const setParamsSchema = z.strictObject({ name: z.string().max(64) });

export const setListQuerySchema = z.strictObject({
  after: z.string().max(64).default('').describe('cursor: only names behind'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export const setListSchema = z
  .object({ sets: z.array(symbolSetSchema), next: z.string().nullable() })
  .meta({ id: 'SymbolSetList' });
export type SetList = z.output<typeof setListSchema>;

export const setMembersQuerySchema = z.strictObject({
  after: z.string().max(32).default('').describe('cursor: only symbols behind'),
  limit: z.coerce.number().int().min(1).max(5000).default(500),
});
export const setMembersSchema = z
  .object({ symbols: z.array(symbolSchema), next: z.string().nullable() })
  .meta({ id: 'SymbolSetMembers' });
export type SetMembers = z.output<typeof setMembersSchema>;

export const newSetSchema = z
  .strictObject({
    name: z.string().max(200),
    title: z.string().max(200).optional(),
    symbols: textsSchema.optional(),
    rule: setRuleSchema.optional(),
    author: authorSchema,
  })
  .meta({ id: 'NewSymbolSet' });
export type NewSetBody = z.input<typeof newSetSchema>;

export const replaceSetSchema = z
  .strictObject({
    version: versionSchema.optional(),
    title: z.string().max(200).optional(),
    symbols: textsSchema.optional().describe('all that the set holds from now on, in any spelling'),
    rule: setRuleSchema.optional(),
    author: authorSchema,
  })
  .meta({ id: 'SymbolSetReplacement' });
export type ReplaceSetBody = z.input<typeof replaceSetSchema>;

export const changeSetSchema = z
  .strictObject({
    version: versionSchema.optional(),
    add: textsSchema.optional(),
    remove: textsSchema.optional(),
    author: authorSchema,
  })
  .meta({ id: 'SymbolSetChange' });
export type ChangeSetBody = z.input<typeof changeSetSchema>;

export const importSetSchema = z
  .strictObject({
    text: z.string().max(1_000_000).describe('text or CSV, symbols in any spelling'),
    mode: z.enum(['add', 'replace']).default('add'),
    version: versionSchema.optional(),
    dryRun: z.boolean().default(false),
    author: authorSchema,
  })
  .meta({ id: 'SymbolSetImport' });
export type ImportSetBody = z.input<typeof importSetSchema>;

export const deleteSetQuerySchema = z.strictObject({
  version: z.coerce.number().int().positive().optional(),
  author: authorSchema,
});

export const setReportSchema = z
  .object({
    set: symbolSetSchema,
    added: countSchema,
    removed: countSchema,
    notes: z
      .array(z.string())
      .describe('what was decided on the way, such as which of two a bare code means'),
  })
  .meta({ id: 'SymbolSetReport' });
export type SetReport = z.output<typeof setReportSchema>;

export const importReportSchema = setReportSchema
  .extend({
    set: symbolSetSchema.nullable().describe('null for a dry run of a set that is yet to be made'),
    symbols: z.array(symbolSchema),
  })
  .meta({ id: 'SymbolSetImported' });
export type ImportReport = z.output<typeof importReportSchema>;
