import { PERMISSIONS, PROOFS, ROLES } from '@tapekeeper/core';
import { z } from 'zod';
import { instantSchema } from './primitives.ts';

const idSchema = z.int().positive();
/** Longer ones are refused before anything is made of them. */
const MOST_SIGNS = 1024;
export const LONGEST_TOKEN_DAYS = 3650;
export const DEFAULT_TOKEN_DAYS = 90;

export const roleSchema = z
  .enum(ROLES)
  .describe('viewer reads, operator starts and changes work, admin everything');
export const permissionSchema = z
  .enum(PERMISSIONS)
  .describe(
    'data: rows of data sets; read: what is no secret; operate: work; admin: people, secrets, settings',
  );

const nameSchema = z.string().min(1).max(64).describe('letters, digits and . _ @ -; case does not matter');
const typedPasswordSchema = z.string().min(1).max(MOST_SIGNS);
const newPasswordSchema = z.string().max(MOST_SIGNS).describe('12 to 1024 bytes, none of the usual ones');
const displayNameSchema = z.string().max(100).describe('as pages show it');

export const userSchema = z
  .object({
    id: idSchema,
    name: z.string(),
    displayName: z.string(),
    role: roleSchema,
    enabled: z.boolean(),
    hasPassword: z.boolean().describe('false for users of programs, who come in by API tokens alone'),
    version: idSchema.describe('grows with each change; a change names the one that it has seen'),
    createdAt: instantSchema,
    updatedAt: instantSchema,
    lastLoginAt: instantSchema.nullable(),
  })
  .meta({ id: 'User' });
export type User = z.output<typeof userSchema>;

export const userListSchema = z
  .object({ users: z.array(userSchema), next: z.string().nullable().describe('cursor: the next `after`') })
  .meta({ id: 'UserList' });
export type UserList = z.output<typeof userListSchema>;

export const userListQuerySchema = z.strictObject({
  after: z.string().max(64).default('').describe('cursor: only users whose name comes later'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

export const userParamsSchema = z.strictObject({
  user: z.string().min(1).max(64).describe('number or name of a user'),
});

export const newUserSchema = z
  .strictObject({
    name: nameSchema,
    displayName: displayNameSchema.default(''),
    role: roleSchema,
    password: newPasswordSchema.nullable().default(null).describe('null: no login by password'),
  })
  .meta({ id: 'NewUser' });
export type NewUserBody = z.input<typeof newUserSchema>;

export const changeUserSchema = z
  .strictObject({
    displayName: displayNameSchema.optional(),
    role: roleSchema.optional(),
    enabled: z.boolean().optional(),
    version: idSchema.describe('the version that has been seen'),
  })
  .meta({ id: 'UserChange' });
export type ChangeUserBody = z.input<typeof changeUserSchema>;

export const setPasswordSchema = z
  .strictObject({ password: newPasswordSchema })
  .meta({ id: 'PasswordSetting' });

export const loginSchema = z
  .strictObject({ name: z.string().min(1).max(200), password: typedPasswordSchema })
  .meta({ id: 'Login' });
export type LoginBody = z.input<typeof loginSchema>;

export const changePasswordSchema = z
  .strictObject({ oldPassword: typedPasswordSchema, newPassword: newPasswordSchema })
  .meta({ id: 'PasswordChange' });

export const setUpSchema = z
  .strictObject({
    code: z.string().min(1).max(64).describe('the set-up code that the log of the server shows'),
    name: nameSchema,
    displayName: displayNameSchema.default(''),
    password: newPasswordSchema,
  })
  .meta({ id: 'SetUp' });
export type SetUpBody = z.input<typeof setUpSchema>;

export const meSchema = z
  .object({
    user: userSchema.nullable().describe('null for who is no user, or has not said who it is'),
    name: z.string(),
    proof: z.enum(PROOFS).describe('how whoever asks has shown who they are'),
    permissions: z.array(permissionSchema),
    expiresAt: instantSchema.nullable().describe('from then on the proof is void'),
    setupNeeded: z.boolean().describe('there is no admin yet'),
  })
  .meta({ id: 'Me' });
export type Me = z.output<typeof meSchema>;

export const tokenPairSchema = z
  .object({
    tokenType: z.literal('Bearer'),
    accessToken: z.string().describe('a JWT; send it as `Authorization: Bearer`'),
    expiresIn: z.int().positive().describe('seconds until the access token is void'),
    refreshToken: z.string().describe('good for one next pair; a second use voids all of this login'),
    refreshExpiresIn: z.int().positive(),
  })
  .meta({ id: 'TokenPair' });
export type TokenPair = z.output<typeof tokenPairSchema>;

export const refreshSchema = z
  .strictObject({ refreshToken: z.string().min(1).max(200) })
  .meta({ id: 'Refresh' });

export const sessionSchema = z
  .object({
    id: idSchema,
    userId: idSchema,
    userName: z.string(),
    isOwn: z.boolean().describe('the session that asks'),
    createdAt: instantSchema,
    seenAt: instantSchema.describe('to the minute'),
    expiresAt: instantSchema,
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
  })
  .meta({ id: 'Session' });
export type Session = z.output<typeof sessionSchema>;

/** Own ones by default; those of others are for admins. */
const ownedQuery = {
  user: z
    .string()
    .max(64)
    .optional()
    .describe('number or name of a user, or `*` for all; those of others are for admins'),
  before: z.coerce.number().int().positive().optional().describe('cursor: only those with a smaller id'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
};

export const sessionListQuerySchema = z.strictObject(ownedQuery);
export const sessionListSchema = z
  .object({
    sessions: z.array(sessionSchema),
    next: idSchema.nullable().describe('cursor: the next `before`'),
  })
  .meta({ id: 'SessionList' });
export type SessionList = z.output<typeof sessionListSchema>;

export const credentialParamsSchema = z.strictObject({ id: z.coerce.number().int().positive() });

export const apiTokenSchema = z
  .object({
    id: idSchema,
    userId: idSchema,
    userName: z.string(),
    name: z.string(),
    prefix: z.string().describe('how the token begins'),
    scopes: z.array(permissionSchema).nullable().describe('what it may of what its user may; null: all'),
    createdAt: instantSchema,
    expiresAt: instantSchema.nullable(),
    usedAt: instantSchema.nullable().describe('to the minute'),
    revokedAt: instantSchema.nullable(),
  })
  .meta({ id: 'ApiToken' });
export type ApiToken = z.output<typeof apiTokenSchema>;

export const apiTokenListQuerySchema = z.strictObject(ownedQuery);
export const apiTokenListSchema = z
  .object({
    tokens: z.array(apiTokenSchema),
    next: idSchema.nullable().describe('cursor: the next `before`'),
  })
  .meta({ id: 'ApiTokenList' });
export type ApiTokenList = z.output<typeof apiTokenListSchema>;

export const newApiTokenSchema = z
  .strictObject({
    name: z.string().trim().min(1).max(100).describe('what it is for'),
    scopes: z
      .array(permissionSchema)
      .min(1)
      .max(PERMISSIONS.length)
      .nullable()
      .default(null)
      .describe('null: all that its user may'),
    days: z
      .int()
      .min(1)
      .max(LONGEST_TOKEN_DAYS)
      .nullable()
      .default(DEFAULT_TOKEN_DAYS)
      .describe('days until it is void; null for a token without an end'),
    user: z.string().max(64).optional().describe('number or name of another user; for admins'),
  })
  .meta({ id: 'NewApiToken' });
export type NewApiTokenBody = z.input<typeof newApiTokenSchema>;

export const madeApiTokenSchema = z
  .object({ token: z.string().describe('shown here and never again'), facts: apiTokenSchema })
  .meta({ id: 'MadeApiToken' });
export type MadeApiToken = z.output<typeof madeApiTokenSchema>;
