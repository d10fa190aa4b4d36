import { z } from 'zod';

/** What the settings of the server are, and who said so. Secrets are never shown. */
export const settingsSchema = z
  .object({
    settings: z.array(
      z.object({
        name: z.string().describe('in a file of settings'),
        env: z.string().describe('variable of the environment'),
        flag: z.string().nullable().describe('of the command line'),
        value: z.string().nullable().describe('as it was given; null for a secret, and where there is none'),
        secret: z.boolean(),
        given: z.boolean().describe('whether it has a value at all'),
        from: z.enum(['flag', 'environment', 'file', 'command', 'default']).describe('who says so'),
        fallback: z.string().describe('the value where nobody says anything'),
        about: z.string(),
      }),
    ),
  })
  .meta({ id: 'Settings' });
export type Settings = z.output<typeof settingsSchema>;
