import fastify from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { flag, text, whole } from './fields.ts';
import { faultsOf } from './validation.ts';

const body = z.object({
  start_date: text(32),
  codes: z.array(z.string()).nullish(),
  test_mode: flag().default(false),
});
const querystring = z.object({ page: whole(1, 100).default(1) });

async function faultsFor(payload: unknown, url = '/'): Promise<unknown> {
  const app = fastify().withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler((error, _request, reply) => reply.code(422).send(faultsOf(error)));
  app.post('/', { schema: { body, querystring } }, async ({ body: read, query }) => ({ read, query }));
  return (await app.inject({ method: 'POST', url, payload: payload as object })).json();
}

describe('what is wrong with a request, as FastAPI says it', () => {
  it.each([
    [{}, '/', [{ loc: ['body', 'start_date'], msg: 'Field required', type: 'missing' }]],
    [
      { start_date: 5 },
      '/',
      [{ loc: ['body', 'start_date'], msg: 'Input should be a valid string', type: 'string_type' }],
    ],
    [
      { start_date: 'x', codes: ['a', 7] },
      '/',
      [{ loc: ['body', 'codes', 1], msg: 'Input should be a valid string', type: 'string_type' }],
    ],
    [
      { start_date: 'x', codes: 'a' },
      '/',
      [{ loc: ['body', 'codes'], msg: 'Input should be a valid list', type: 'list_type' }],
    ],
    [
      { start_date: 'x', test_mode: 'perhaps' },
      '/',
      [
        {
          loc: ['body', 'test_mode'],
          msg: 'Input should be a valid boolean, unable to interpret input',
          type: 'bool_parsing',
        },
      ],
    ],
    [
      { start_date: 'x' },
      '/?page=0',
      [
        {
          loc: ['query', 'page'],
          msg: 'Input should be greater than or equal to 1',
          type: 'greater_than_equal',
        },
      ],
    ],
    [
      { start_date: 'x' },
      '/?page=101',
      [{ loc: ['query', 'page'], msg: 'Input should be less than or equal to 100', type: 'less_than_equal' }],
    ],
    [
      { start_date: 'x' },
      '/?page=one',
      [
        {
          loc: ['query', 'page'],
          msg: 'Input should be a valid integer, unable to parse string as an integer',
          type: 'int_parsing',
        },
      ],
    ],
  ])('%j at %s', async (payload, url, faults) => {
    expect(await faultsFor(payload, url)).toEqual(faults);
  });

  it('takes truth values and numbers in every spelling that it has for them', async () => {
    for (const spelling of ['true', 'True', '1', 'yes', 'on', 1, true])
      expect(await faultsFor({ start_date: 'x', test_mode: spelling }, '/?page=+7')).toMatchObject({
        read: { test_mode: true },
        query: { page: 7 },
      });
  });
});
