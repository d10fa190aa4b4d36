import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { breakingChanges, type ApiDocument } from './breakingChanges.ts';
import { openapiDocument } from './openapiDocument.ts';

const KEPT = new URL('../../docs/openapi.json', import.meta.url);

const documentOf = (run: object, body: object, parameters: object[] = []): ApiDocument => ({
  paths: {
    '/v1/runs': {
      post: {
        operationId: 'createRun',
        parameters: parameters as never,
        requestBody: { content: { 'application/json': { schema: body } } },
        responses: {
          202: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Run' } } } },
        },
      },
    },
  },
  components: { schemas: { Run: run } },
});

const RUN = {
  type: 'object',
  properties: { id: { type: 'integer' }, state: { type: 'string' } },
  required: ['id', 'state'],
};
const BODY = {
  type: 'object',
  properties: { dataset: { type: 'string' }, type: { type: 'string', enum: ['sync', 'repair'] } },
  required: ['dataset'],
};
const FORMER = documentOf(RUN, BODY, [{ name: 'dry', in: 'query', schema: {} }]);

describe('a change of the document', () => {
  it('breaks nobody where something comes besides', () => {
    const run = { ...RUN, properties: { ...RUN.properties, error: { type: 'string' } } };
    const body = { ...BODY, properties: { ...BODY.properties, force: { type: 'boolean' } } };
    const parameters = [
      { name: 'dry', in: 'query', schema: {} },
      { name: 'sort', in: 'query', schema: {} },
    ];
    expect(breakingChanges(FORMER, documentOf(run, body, parameters))).toEqual([]);
  });

  it('breaks clients where something is gone, another, or demanded', () => {
    const run = { ...RUN, properties: { id: { type: 'string' } }, required: ['id'] };
    const body = {
      ...BODY,
      properties: { dataset: { type: 'string' }, type: { type: 'string', enum: ['sync'] } },
      required: ['dataset', 'type'],
    };
    expect(
      breakingChanges(
        FORMER,
        documentOf(run, body, [{ name: 'day', in: 'query', required: true, schema: {} }]),
      ),
    ).toEqual([
      'POST /v1/runs: the parameter dry is gone',
      'POST /v1/runs: the parameter day must be given',
      'POST /v1/runs: body.type takes "repair" no more',
      'POST /v1/runs: body.type must be given',
      'POST /v1/runs: 202.id was integer and is string',
      'POST /v1/runs: 202.state is gone',
    ]);
    expect(breakingChanges(FORMER, { ...FORMER, paths: {} })).toEqual(['POST /v1/runs is gone']);
  });
});

describe('the HTTP interface', () => {
  it('keeps what it promised in docs/openapi.json, which `npm run docs` makes anew', async () => {
    const kept = JSON.parse(await readFile(KEPT, 'utf8')) as ApiDocument;
    expect(Object.keys(kept.paths).length).toBeGreaterThan(50);
    expect(breakingChanges(kept, (await openapiDocument()) as ApiDocument)).toEqual([]);
  });
});
