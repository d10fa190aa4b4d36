import { AppError, may } from '@tapekeeper/core';
import { z } from 'zod';
import { answers } from '../answers.ts';
import type { HttpApp, HttpContext } from '../context.ts';
import { bearerOf } from '../auth/authenticate.ts';
import { NEEDS_TOKEN } from '../openapi.ts';
import { answerCall, type Table } from './answer.ts';
import { ENDPOINTS } from './endpoints.ts';
import { REFUSALS, type TushareRefusal } from './refusals.ts';

/** The body of a call; what Tushare's clients add beside is ignored, as Tushare does. */
const callSchema = z.object({
  api_name: z.string().max(64).optional().describe('name of the interface, such as daily'),
  token: z.string().max(200).default('').describe('a token of the API, or that of the installation'),
  params: z
    .record(z.string().max(64), z.union([z.string().max(100_000), z.number(), z.boolean(), z.null()]))
    .nullish()
    .describe('days as 20240131, lists with commas, offset and limit'),
  fields: z.string().max(20_000).nullish().describe('columns with commas; empty for the usual ones'),
});
type CallBody = z.output<typeof callSchema>;

const tableSchema = z.object({
  fields: z.array(z.string()),
  items: z.array(z.array(z.unknown())),
  has_more: z.boolean(),
  count: z.int(),
});

/** What every call is answered with, whether it went well or was refused. */
const envelopeSchema = z.object({
  request_id: z.string(),
  code: z.int().describe('0 when it went well'),
  data: tableSchema.nullable(),
  msg: z.string(),
  detail: z.null(),
});
type Envelope = z.output<typeof envelopeSchema>;

export interface BodyToken {
  readonly token: string;
  /** File of the token, as errors name it. */
  readonly tokenFile: string;
}

/**
 * The protocol of Tushare over the data that are kept here, so that its clients need nothing but another
 * address, and a token that may read data in the place of Tushare's: one of the API, or that of the installation.
 */
export function tushareRoutes(app: HttpApp, { deps }: HttpContext, { token, tokenFile }: BodyToken): void {
  const answer = async (id: string, api: string, body: CallBody): Promise<Envelope> => {
    const identity = await bearerOf(deps, { token }, `Bearer ${body.token}`);
    if (identity === undefined || !may(identity, 'data')) return refusal(id, REFUSALS.badToken);
    const result = await answerCall(deps, {
      api,
      params: textsOf(body.params ?? {}),
      fields: body.fields ?? '',
    });
    return 'items' in result ? table(id, result) : refusal(id, result);
  };
  const schema = {
    tags: ['tushare'],
    security: NEEDS_TOKEN,
    body: callSchema,
    response: answers(200, envelopeSchema),
  };
  // without a body there is no token in it
  const preValidation = async ({ body }: { body: unknown }): Promise<void> => {
    if (typeof body !== 'object' || body === null) throw new AppError('token_required', { file: tokenFile });
  };

  app.post(
    ENDPOINTS.root,
    {
      preValidation,
      schema: {
        ...schema,
        operationId: 'callTushareRoot',
        summary: 'A call of the Tushare protocol, as older clients make it',
      },
    },
    async ({ id, body }) => {
      if (body.api_name === undefined) throw new AppError('not_found', { path: 'POST /' });
      return answer(id, body.api_name, body);
    },
  );
  app.post(
    ENDPOINTS.base,
    {
      preValidation,
      schema: { ...schema, operationId: 'callTushare', summary: 'A call of the Tushare protocol' },
    },
    async ({ id, body }) => answer(id, body.api_name ?? '', body),
  );
  app.post(
    `${ENDPOINTS.base}/:api`,
    {
      preValidation,
      schema: {
        ...schema,
        operationId: 'callTushareApi',
        summary: 'A call of the Tushare protocol that names the interface in the path',
        params: z.strictObject({ api: z.string().max(64) }),
      },
    },
    async ({ id, body, params }) => answer(id, body.api_name ?? params.api, body),
  );
}

function textsOf(params: NonNullable<CallBody['params']>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value ?? '')]));
}

function table(id: string, { fields, items, more }: Table): Envelope {
  const data = { fields: [...fields], items: items.map((item) => [...item]), has_more: more, count: -1 };
  return { request_id: id, code: 0, data, msg: '', detail: null };
}

function refusal(id: string, { code, message }: TushareRefusal): Envelope {
  return { request_id: id, code, data: null, msg: message, detail: null };
}
