import { z } from 'zod';
import { countSchema, instantSchema } from './primitives.ts';

export const SECRET_NAME = /^(source:tushare|smtp|signing|channel:[1-9]\d{0,14})$/;
const MOST_LETTERS = 4096;

/** What may be told of a secret: never the secret. */
export const secretSchema = z
  .object({
    name: z.string(),
    last4: z.string().nullable().describe('its last four characters; null where it is too short for that'),
    updatedAt: instantSchema,
    updatedBy: z.string(),
  })
  .meta({ id: 'Secret' });
export type Secret = z.output<typeof secretSchema>;

export const secretListSchema = z.object({ secrets: z.array(secretSchema) }).meta({ id: 'SecretList' });
export type SecretList = z.output<typeof secretListSchema>;

export const secretParamsSchema = z.strictObject({
  name: z
    .string()
    .regex(SECRET_NAME, 'a name is source:tushare, smtp, signing or channel:NUMBER')
    .describe('name of a secret'),
});

export const keepSecretSchema = z
  .strictObject({
    secret: z
      .string()
      .max(MOST_LETTERS)
      .refine((text) => text.trim() !== '', 'it is empty')
      .describe('the secret; it is never given out again'),
    author: z.string().max(200).optional(),
  })
  .meta({ id: 'SecretValue' });
export type KeepSecretBody = z.input<typeof keepSecretSchema>;

export const keyRotationSchema = z
  .object({
    keyId: z.string().describe('names the new key'),
    secrets: countSchema.describe('secrets that were sealed anew'),
    file: z.string().describe('file of the key, to be copied to machines that have one of their own'),
  })
  .meta({ id: 'KeyRotation' });
export type KeyRotation = z.output<typeof keyRotationSchema>;
