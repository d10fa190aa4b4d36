import {
  cellSchema,
  coverageSchema,
  dryRunSchema,
  forgottenSchema,
  prioritiesSchema,
  problemSchema,
  recommendationsSchema,
  runListSchema,
  runSchema,
  runSymbolsSchema,
  sourcesSchema,
  sourceTestSchema,
  statusSchema,
} from '@tapekeeper/contract';
import { AppError } from '@tapekeeper/core';
import { accessClient } from './accessClient.ts';
import { alertsClient } from './alertsClient.ts';
import type { Api } from './api.ts';
import type { Asking, Query, Reader } from './asking.ts';
import { catalogueClient } from './catalogueClient.ts';
import { channelsClient } from './channelsClient.ts';
import { explainClient } from './explainClient.ts';
import { importsClient } from './importsClient.ts';
import { jobsClient } from './jobsClient.ts';
import { operationsClient } from './operationsClient.ts';
import { qualityClient } from './qualityClient.ts';
import { runControlClient } from './runControlClient.ts';
import { Refusal } from './refusal.ts';
import { scheduleClient } from './scheduleClient.ts';
import { statisticsClient } from './statisticsClient.ts';
import { tasksClient } from './tasksClient.ts';

export interface Asked {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path with its query. */
  readonly path: string;
  readonly body?: object;
  /** A file in place of a body. */
  readonly file?: NamedFile;
  /** Of the sender: the same request with the same key makes nothing twice. */
  readonly key?: string;
}

/** A file that is sent along, under the name that its owner gives it. */
export interface NamedFile {
  readonly name: string;
  readonly data: Blob;
}

/** How a question gets to the HTTP interface: over a socket, or within the process. */
export type Ask = (request: Asked) => Promise<{ readonly status: number; readonly text: string }>;

const ANSWER_WITHIN_MS = 60_000;

/** The questions of the contract, over any way to ask them. */
export function createClient(ask: Ask): Api {
  const get = <T>(path: string, query: Query, reader: Reader<T>): Promise<T> =>
    answerOf(ask, { method: 'GET', path: path + queryText(query) }, reader);
  const post: Asking['post'] = (path, body, reader, key) =>
    answerOf(ask, { method: 'POST', path, body, ...(key !== undefined && { key }) }, reader);
  const put = <T>(path: string, body: object, reader: Reader<T>): Promise<T> =>
    answerOf(ask, { method: 'PUT', path, body }, reader);
  const remove = <T>(path: string, query: Query, reader: Reader<T>): Promise<T> =>
    answerOf(ask, { method: 'DELETE', path: path + queryText(query) }, reader);
  return {
    ...catalogueClient({ get, post, put, remove }),
    ...channelsClient({ get, post, put, remove }),
    ...accessClient({ get, post, put, remove }),
    ...alertsClient({ get, post, put, remove }),
    ...explainClient({ get }),
    ...importsClient((path, query, file, reader) =>
      answerOf(ask, { method: 'POST', path: path + queryText(query), file }, reader),
    ),
    ...jobsClient({ get, post, put, remove }),
    ...operationsClient({ get }),
    ...qualityClient({ get, post, put, remove }),
    ...runControlClient({ get, post, remove }),
    ...scheduleClient({ get, post, put, remove }),
    ...statisticsClient({ get }),
    ...tasksClient({ get }),
    status: () => get('/v1/status', {}, statusSchema),
    requestRun: (body, key) => post('/v1/runs', body, runSchema, key),
    planRun: (body) => post('/v1/plans', body, dryRunSchema),
    runs: ({ states, ...query }) => get('/v1/runs', { ...query, state: states?.join(',') }, runListSchema),
    run: (id) => get(`/v1/runs/${id}`, {}, runSchema),
    runSymbols: (id, query) => get(`/v1/runs/${id}/symbols`, query, runSymbolsSchema),
    coverage: ({ ...query }) => get('/v1/coverage', query, coverageSchema),
    sources: () => get('/v1/sources', {}, sourcesSchema),
    testSource: (source) => post(`/v1/sources/${encodeURIComponent(source)}/test`, {}, sourceTestSchema),
    forgetLearned: (host) =>
      answerOf(
        ask,
        { method: 'DELETE', path: `/v1/hosts/${encodeURIComponent(host)}/learned` },
        forgottenSchema,
      ),
    recommendations: () => get('/v1/sources/recommendations', {}, recommendationsSchema),
    priorities: () => get('/v1/priorities', {}, prioritiesSchema),
    setPriority: (dataset, sources) =>
      answerOf(
        ask,
        { method: 'PUT', path: `/v1/priorities/${encodeURIComponent(dataset)}`, body: { sources } },
        prioritiesSchema,
      ),
    clearPriority: (dataset) =>
      answerOf(
        ask,
        { method: 'DELETE', path: `/v1/priorities/${encodeURIComponent(dataset)}` },
        prioritiesSchema,
      ),
    cell: (...place) => get(`/v1/cells/${place.map(encodeURIComponent).join('/')}`, {}, cellSchema),
  };
}

/** Asks a server over HTTP. Throws `server_gone` when it does not answer. */
export function askServer({ url, token }: { readonly url: string; readonly token: string }): Ask {
  return async ({ method, path, body, file, key }) => {
    try {
      const response = await fetch(new URL(path, url), {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body && { 'content-type': 'application/json' }),
          ...(key !== undefined && { 'idempotency-key': key }),
        },
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
        ...(body && { body: JSON.stringify(body) }),
        ...(file && { body: formOf(file) }),
      });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      throw new AppError('server_gone', { url, message: `${reasonOf(error)}.` }, error);
    }
  };
}

/** A form as browsers send it, with the file as its only part. */
export function formOf({ name, data }: NamedFile): FormData {
  const form = new FormData();
  form.set('file', data, name);
  return form;
}

function queryText(query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}

async function answerOf<T>(ask: Ask, request: Asked, reader: Reader<T>): Promise<T> {
  const { status, text } = await ask(request);
  try {
    const value: unknown = JSON.parse(text);
    if (status < 300) return reader.parse(value);
    throw new Refusal(problemSchema.parse(value));
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new AppError(
      'internal',
      { message: `${request.path} answered ${status} with something unknown` },
      error,
    );
  }
}

/** The network's own word is in the cause; `fetch failed` says nothing. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
