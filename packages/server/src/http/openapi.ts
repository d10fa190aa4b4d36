import swagger from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { HttpApp, ServerFacts } from './context.ts';

/** Collects the document from the routes; it must be there before them. */
export function registerOpenapi(app: HttpApp, facts: ServerFacts): void {
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'tapekeeper',
        version: facts.version,
        description: 'Keeps a local market database complete, fresh and verified.',
        license: { name: 'MIT' },
      },
      tags: [
        { name: 'runs', description: 'What has been collected, is being collected, and would be' },
        { name: 'events', description: 'What happens, as it happens' },
        { name: 'jobs', description: 'What is done again and again, when, and what became of it' },
        {
          name: 'statistics',
          description: 'What became of runs, and how busy and large the installation is',
        },
        { name: 'coverage', description: 'How complete the data sets are, and why a cell is as it is' },
        { name: 'data', description: 'The data themselves' },
        { name: 'tushare', description: "The data over Tushare's own protocol" },
        { name: 'quarantine', description: 'Rows that were refused, and what people do with them' },
        { name: 'reconciliation', description: 'What other sources say of what is stored' },
        { name: 'alerts', description: 'What is wrong, who takes it on, who is told, and what is aimed at' },
        { name: 'sets', description: 'Named lists of symbols' },
        { name: 'operations', description: 'The audit log: who has changed what, and how it ended' },
        { name: 'sources', description: 'Upstreams, their hosts, and how often they may be asked' },
        { name: 'access', description: 'Who may come in, and what shows who they are' },
        { name: 'secrets', description: 'Tokens and passwords that go in and never come out' },
        { name: 'channels', description: 'Where notices go, and what became of them' },
        {
          name: 'documented: stock quotes',
          description: 'Documents 000 and 001: log tables, collection tasks',
        },
        { name: 'documented: trading agents', description: 'Documents 002 and 003: syncs, scheduler, push' },
        { name: 'documented: zquant', description: 'Document 004: tasks, executions, workflows' },
        { name: 'system', description: 'Health and inventory of this installation' },
        { name: 'page', description: 'The page that people look at' },
      ],
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    },
    transform: jsonSchemaTransform,
    transformObject: (input) => withUsedSchemas(jsonSchemaTransformObject(input)),
  });
}

/** Writing needs the token; reading is open to this machine. */
export const NEEDS_TOKEN: readonly Record<string, string[]>[] = [{ token: [] }];

/** Every schema comes as it is sent and as it is received; only those that a route refers to are kept. */
function withUsedSchemas<Document extends object>(document: Document): Document {
  const components =
    'components' in document ? (document.components as { schemas?: Record<string, unknown> }) : {};
  const all = components.schemas ?? {};
  const used = new Set<string>();
  const collect = (part: unknown): void => {
    for (const [, name = ''] of JSON.stringify(part).matchAll(/#\/components\/schemas\/(\w+)/g)) {
      if (used.has(name)) continue;
      used.add(name);
      collect(all[name]);
    }
  };
  collect({ ...document, components: {} });
  const schemas = Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name)));
  return { ...document, components: { ...components, schemas } };
}
