import {
  changeSetSchema,
  deleteSetQuerySchema,
  importReportSchema,
  importSetSchema,
  newSetSchema,
  replaceSetSchema,
  setListQuerySchema,
  setListSchema,
  setMembersQuerySchema,
  setMembersSchema,
  setParamsSchema,
  setReportSchema,
  symbolSetSchema,
} from '@tapekeeper/contract';
import { AppError } from '@tapekeeper/core';
import {
  changeSymbolSet,
  createSymbolSet,
  deleteSymbolSet,
  findSet,
  importSymbolSet,
  setPage,
} from '../../../app/symbolSets/symbolSets.ts';
import { answers } from '../../answers.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { NEEDS_TOKEN } from '../../openapi.ts';
import { presentReport, presentSet } from './present.ts';

const TAGS = ['sets'];

export function setRoutes(app: HttpApp, { deps }: HttpContext): void {
  app.get(
    '/v1/sets',
    {
      schema: {
        operationId: 'listSymbolSets',
        summary: 'Named lists of symbols, by name',
        tags: TAGS,
        querystring: setListQuerySchema,
        response: answers(200, setListSchema),
      },
    },
    async ({ query: { after, limit } }) => {
      const found = await deps.store.symbolSets(after, limit + 1);
      const page = found.slice(0, limit);
      return { sets: page.map(presentSet), next: found.length > limit ? (page.at(-1)?.name ?? null) : null };
    },
  );

  app.get(
    '/v1/sets/:name',
    {
      schema: {
        operationId: 'getSymbolSet',
        summary: 'One list of symbols, without them',
        tags: TAGS,
        params: setParamsSchema,
        response: answers(200, symbolSetSchema),
      },
    },
    async ({ params }) => presentSet(await findSet(deps, params.name)),
  );

  app.get(
    '/v1/sets/:name/members',
    {
      schema: {
        operationId: 'listSymbolSetMembers',
        summary: 'The symbols of a list, in order; those of a rule as of now',
        tags: TAGS,
        params: setParamsSchema,
        querystring: setMembersQuerySchema,
        response: answers(200, setMembersSchema),
      },
    },
    async ({ params, query: { after, limit } }) => {
      const found = await setPage(deps, params.name, after, limit + 1);
      const symbols = found.slice(0, limit);
      return { symbols, next: found.length > limit ? (symbols.at(-1) ?? null) : null };
    },
  );

  app.post(
    '/v1/sets',
    {
      schema: {
        operationId: 'createSymbolSet',
        summary: 'Make a list of symbols, or a rule for one',
        tags: TAGS,
        security: NEEDS_TOKEN,
        body: newSetSchema,
        response: answers(201, setReportSchema),
      },
    },
    async ({ body }, reply) => {
      const report = presentReport(await createSymbolSet(deps, body));
      return reply.code(201).header('location', `/v1/sets/${report.set.name}`).send(report);
    },
  );

  app.put(
    '/v1/sets/:name',
    {
      schema: {
        operationId: 'replaceSymbolSet',
        summary: 'Give a list other symbols, another rule or another title',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: setParamsSchema,
        body: replaceSetSchema,
        response: answers(200, setReportSchema),
      },
    },
    async ({ params: { name }, body: { symbols, ...body } }) => {
      if (symbols !== undefined && body.rule !== undefined) {
        throw new AppError('bad_request', { problem: 'a set has either a rule or symbols.' });
      }
      return presentReport(await changeSymbolSet(deps, { ...body, name, replaceBy: symbols }));
    },
  );

  app.post(
    '/v1/sets/:name/changes',
    {
      schema: {
        operationId: 'changeSymbolSet',
        summary: 'Put symbols into a list, and take some out',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: setParamsSchema,
        body: changeSetSchema,
        response: answers(200, setReportSchema),
      },
    },
    async ({ params: { name }, body }) => presentReport(await changeSymbolSet(deps, { ...body, name })),
  );

  app.post(
    '/v1/sets/:name/imports',
    {
      schema: {
        operationId: 'importSymbolSet',
        summary: 'Fill a list from a text or CSV file: all of it, or nothing',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: setParamsSchema,
        body: importSetSchema,
        response: answers(200, importReportSchema),
      },
    },
    async ({ params: { name }, body }) => {
      const { set, added, removed, notes, symbols } = await importSymbolSet(deps, { ...body, name });
      return {
        set: set === null ? null : presentSet(set),
        added,
        removed,
        notes: [...notes],
        symbols: [...symbols],
      };
    },
  );

  app.delete(
    '/v1/sets/:name',
    {
      schema: {
        operationId: 'deleteSymbolSet',
        summary: 'Remove a list of symbols',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: setParamsSchema,
        querystring: deleteSetQuerySchema,
        response: answers(200, symbolSetSchema),
      },
    },
    async ({ params: { name }, query }) => presentSet(await deleteSymbolSet(deps, { name, ...query })),
  );
}
