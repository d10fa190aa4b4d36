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
  type SetReport,
} from '@tapekeeper/contract';
import { AppError } from '@tapekeeper/core';
import type { FastifyRequest } from 'fastify';
import {
  changeSymbolSet,
  createSymbolSet,
  deleteSymbolSet,
  findSet,
  importSymbolSet,
  setPage,
  type SetChangeWish,
} from '../../../app/symbolSets/symbolSets.ts';
import type { SymbolSet } from '../../../ports/symbolSetStore.ts';
import { answers } from '../../answers.ts';
import { noteOperation } from '../../audit.ts';
import { authorOf } from '../../auth/author.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { NEEDS_TOKEN } from '../../openapi.ts';
import { presentReport, presentSet } from './present.ts';

const TAGS = ['sets'];

export function setRoutes(app: HttpApp, { deps }: HttpContext): void {
  const noteFormer = async (request: FastifyRequest, name: string): Promise<SymbolSet | undefined> => {
    const former = await deps.store.symbolSet(name);
    noteOperation(request, { before: former && setFacts(former) });
    return former;
  };
  const changed = async (request: FastifyRequest, wish: SetChangeWish): Promise<SetReport> => {
    await noteFormer(request, wish.name);
    const report = await changeSymbolSet(deps, wish);
    const { set, added, removed } = report;
    noteOperation(request, { after: { ...setFacts(set), added, removed } });
    return presentReport(report);
  };

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
    async (request, reply) => {
      const { author, ...wish } = request.body;
      const made = await createSymbolSet(deps, { ...wish, author: authorOf(request, author) });
      noteOperation(request, { id: made.set.name, after: setFacts(made.set) });
      const report = presentReport(made);
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
    async (request) => {
      const { symbols, author, ...change } = request.body;
      if (symbols !== undefined && change.rule !== undefined) {
        throw new AppError('bad_request', { problem: 'a set has either a rule or symbols.' });
      }
      const by = authorOf(request, author);
      const { name } = request.params;
      return changed(request, { ...change, name, author: by, replaceBy: symbols });
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
    async (request) => {
      const { author, ...change } = request.body;
      return changed(request, { ...change, name: request.params.name, author: authorOf(request, author) });
    },
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
    async (request) => {
      const { author, ...wish } = request.body;
      const { name } = request.params;
      const former = await noteFormer(request, name);
      const imported = await importSymbolSet(deps, { ...wish, name, author: authorOf(request, author) });
      const { set, added, removed, notes, symbols } = imported;
      const isMade = set !== null && former?.version !== set.version;
      noteOperation(request, {
        after: { dryRun: wish.dryRun, ...(isMade && setFacts(set)), added, removed },
      });
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
    async (request) => {
      const { author, ...wish } = request.query;
      const { name } = request.params;
      const set = await deleteSymbolSet(deps, { name, ...wish, author: authorOf(request, author) });
      noteOperation(request, { before: setFacts(set) });
      return presentSet(set);
    },
  );
}

/** What of a set the audit log keeps; its symbols may be many. */
function setFacts({ title, rule, version, members }: SymbolSet) {
  return { title, rule, version, members };
}
