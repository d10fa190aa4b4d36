import { CHANNEL_KINDS, NOTICE_KINDS, SEVERITIES } from '@tapekeeper/core';
import { z } from 'zod';
import { countSchema, instantSchema } from './primitives.ts';

const MOST_LETTERS = 4096;
const severitySchema = z.enum(SEVERITIES).describe('how bad it is');
const languageSchema = z.enum(['en', 'zh']);
const mailAddressSchema = z.email().max(254);

export const mailSettingsSchema = z
  .strictObject({
    host: z.string().min(1).max(253).describe('mail server'),
    port: z.int().min(1).max(65_535).default(465),
    security: z
      .enum(['tls', 'starttls', 'none'])
      .default('tls')
      .describe('none is for servers of your own network only'),
    user: z
      .string()
      .min(1)
      .max(254)
      .nullable()
      .default(null)
      .describe('null hands mail over without a login'),
    from: mailAddressSchema,
    to: z.array(mailAddressSchema).min(1).max(20),
  })
  .meta({ id: 'MailSettings' });

export const webhookSettingsSchema = z
  .strictObject({
    url: z.string().min(1).max(2000).describe('address that is POSTed to; hold no secret in it'),
  })
  .meta({ id: 'WebhookSettings' });

const robotSettingsSchema = z.strictObject({}).meta({ id: 'RobotSettings' });

const common = {
  name: z
    .string()
    .regex(/^[\p{L}\p{N}][\p{L}\p{N} _.-]{0,63}$/u, 'a name is 1 to 64 letters, digits, spaces, _ . -'),
  language: languageSchema.default('zh'),
  leastSeverity: severitySchema.default('warning').describe('notices below it are not sent here'),
  enabled: z.boolean().default(true),
};

const robot = (kind: 'dingtalk' | 'feishu' | 'wecom' | 'slack') => ({
  kind: z.literal(kind),
  settings: robotSettingsSchema.default({}),
});
const KINDS = {
  email: { kind: z.literal('email'), settings: mailSettingsSchema },
  webhook: { kind: z.literal('webhook'), settings: webhookSettingsSchema },
  dingtalk: robot('dingtalk'),
  feishu: robot('feishu'),
  wecom: robot('wecom'),
  slack: robot('slack'),
};

/** One variant for each kind, with what all of them have. */
function byKind<Shape extends z.ZodRawShape>(more: Shape) {
  return z.discriminatedUnion('kind', [
    z.strictObject({ ...KINDS.email, ...common, ...more }),
    z.strictObject({ ...KINDS.webhook, ...common, ...more }),
    z.strictObject({ ...KINDS.dingtalk, ...common, ...more }),
    z.strictObject({ ...KINDS.feishu, ...common, ...more }),
    z.strictObject({ ...KINDS.wecom, ...common, ...more }),
    z.strictObject({ ...KINDS.slack, ...common, ...more }),
  ]);
}

const authorSchema = z.string().max(200).optional();

export const newChannelSchema = byKind({
  secret: z
    .string()
    .max(MOST_LETTERS)
    .refine((text) => text.trim() !== '', 'it is empty')
    .optional()
    .describe(
      'address of a robot, and after a space its signing key; signing key of a webhook; password of a mailbox. Never given out again.',
    ),
  author: authorSchema,
}).meta({ id: 'NewChannel' });
export type NewChannelBody = z.input<typeof newChannelSchema>;

export const updateChannelSchema = byKind({
  version: z.int().positive().describe('the version that was seen; another one is a conflict'),
}).meta({ id: 'ChannelUpdate' });
export type UpdateChannelBody = z.input<typeof updateChannelSchema>;

export const channelSchema = z
  .object({
    id: z.int().positive(),
    name: z.string(),
    kind: z.enum(CHANNEL_KINDS),
    settings: z
      .record(z.string(), z.unknown())
      .describe('by kind; empty for robots, whose address is a secret'),
    language: languageSchema,
    leastSeverity: severitySchema,
    enabled: z.boolean(),
    hasSecret: z.boolean().describe('whether a secret is kept for it, or for mail one of the mail server'),
    version: z.int().positive(),
    createdAt: instantSchema,
    updatedAt: instantSchema,
  })
  .meta({ id: 'Channel' });
export type Channel = z.output<typeof channelSchema>;

export const channelListSchema = z.object({ channels: z.array(channelSchema) }).meta({ id: 'ChannelList' });
export type ChannelList = z.output<typeof channelListSchema>;

export const channelParamsSchema = z.strictObject({ id: z.coerce.number().int().positive() });

export const channelTestSchema = z
  .object({
    ok: z.boolean(),
    deliveryId: z.string(),
    said: z.string().describe('what the other side said, or why it was not reached'),
    error: z.string().nullable().describe('code of the error registry'),
    ms: countSchema,
  })
  .meta({ id: 'ChannelTest' });
export type ChannelTest = z.output<typeof channelTestSchema>;

const textsSchema = z.object({ en: z.string(), zh: z.string() });

export const noticeSchema = z
  .object({
    id: z.int().positive(),
    deliveryId: z.string().describe('the same for every try'),
    channelId: z.int().positive(),
    channelName: z.string(),
    kind: z.enum(NOTICE_KINDS),
    severity: severitySchema,
    incidentId: z.int().positive().nullable(),
    cause: z.string(),
    title: textsSchema,
    text: textsSchema,
    at: instantSchema,
    path: z.string(),
    state: z.enum(['pending', 'sent', 'failed', 'expired']),
    attempts: countSchema,
    createdAt: instantSchema,
    sentAt: instantSchema.nullable(),
    error: z.string().nullable(),
  })
  .meta({ id: 'Notice' });
export type Notice = z.output<typeof noticeSchema>;

export const noticeListQuerySchema = z.strictObject({
  channel: z.coerce.number().int().positive().optional(),
  incident: z.coerce.number().int().positive().optional(),
  before: z.coerce.number().int().positive().optional().describe('cursor: only older ones'),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});
export const noticeListSchema = z
  .object({ notices: z.array(noticeSchema), next: z.int().nullable().describe('cursor of the next page') })
  .meta({ id: 'NoticeList' });
export type NoticeList = z.output<typeof noticeListSchema>;
