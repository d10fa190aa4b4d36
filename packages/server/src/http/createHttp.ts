import { randomUUID } from 'node:crypto';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { AppError, ERRORS, toAppError, type Identity } from '@tapekeeper/core';
import { coverageReader } from '../app/coverageReader.ts';
import type { AppDeps } from '../app/deps.ts';
import type { SchemaStatus } from '../app/readiness.ts';
import { beginOperation, completeOperations } from './audit.ts';
import { authenticate, type OpenReading } from './auth/authenticate.ts';
import { authorise, policyOf, requirePolicy } from './auth/authorise.ts';
import type { HttpApp, HttpContext, ServerFacts } from './context.ts';
import { guardRequest } from './guard.ts';
import { registerOpenapi } from './openapi.ts';
import { BODY_LIMIT_BYTES, sendProblem, toRequestError } from './problem.ts';
import { cellRoutes } from './routes/cells/routes.ts';
import { coverageRoutes } from './routes/coverage/routes.ts';
import { dataRoutes } from './routes/data/routes.ts';
import { jobRoutes } from './routes/jobs/routes.ts';
import { explainRoutes } from './routes/explain/routes.ts';
import { groupRoutes } from './routes/groups/routes.ts';
import { pageRoutes } from './routes/page/routes.ts';
import { previewRoutes } from './routes/previews/routes.ts';
import { qualityRoutes } from './routes/quality/routes.ts';
import { runControlRoutes } from './routes/runs/control.ts';
import { runLogRoutes } from './routes/runLogs/routes.ts';
import { runRoutes } from './routes/runs/routes.ts';
import { sourceRoutes } from './routes/sources/routes.ts';
import { setRoutes } from './routes/sets/routes.ts';
import { systemRoutes } from './routes/system/routes.ts';
import { SECURITY_HEADERS } from './securityHeaders.ts';
import { tushareRoutes } from './tushare/routes.ts';

export interface HttpOptions {
  readonly deps: AppDeps;
  readonly facts: ServerFacts;
  readonly token: string;
  /** File of the token, as errors name it. */
  readonly tokenFile: string;
  /** When this machine may read without saying who asks. */
  readonly openReading: OpenReading;
  /** Port on which the server listens, asked anew for each request. */
  readonly port: () => number;
  readonly schemaStatus: () => Promise<SchemaStatus>;
  /** Folder of the page's files. */
  readonly pageDir: string;
}

/** A slow client loses its connection before it can hold the server up. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const IDLE_TIMEOUT_MS = 60_000;
const SLOW_CHECK_MS = 2_000;
const MOST_CONNECTIONS = 1_024;
const LONGEST_PARAM = 64;
/** What of a path goes into logs and messages. */
const LONGEST_PATH = 200;

/** The HTTP interface: guard, routes, errors, page. It listens nowhere yet. */
export function createHttp(options: HttpOptions): HttpApp {
  const { deps, facts } = options;
  const app = fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    connectionTimeout: IDLE_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: SLOW_CHECK_MS },
    routerOptions: { maxParamLength: LONGEST_PARAM },
    requestIdHeader: false,
    genReqId: () => randomUUID(),
    frameworkErrors: (error, request, reply) => {
      reply.headers(SECURITY_HEADERS);
      sendProblem(request, reply, toRequestError(error));
    },
  }).withTypeProvider<ZodTypeProvider>();
  app.server.maxConnections = MOST_CONNECTIONS;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  // bodies are JSON and nothing else
  app.removeContentTypeParser('text/plain');

  app.decorateRequest('identity', null as unknown as Identity);
  app.decorateRequest('operation', null);
  app.decorateRequest('refusal', null);
  app.addHook('onRoute', requirePolicy);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...SECURITY_HEADERS, 'cache-control': 'no-store', 'x-request-id': request.id });
    const { port, token, tokenFile } = options;
    guardRequest(
      { method: request.method, path: pathOf(request), headers: request.headers },
      { port: port() },
    );
    const policy = policyOf(request);
    if (policy === undefined) return;
    request.identity = await authenticate(deps, { token, openReading: options.openReading }, request);
    await beginOperation(deps, request);
    authorise(request.identity, policy, tokenFile);
  });
  logAnswers(app, deps);
  completeOperations(app, deps);
  app.setErrorHandler((thrown, request, reply) => sendProblem(request, reply, noted(deps, request, thrown)));
  app.setNotFoundHandler((request, reply) =>
    sendProblem(request, reply, new AppError('not_found', { path: `${request.method} ${pathOf(request)}` })),
  );

  const context: HttpContext = {
    deps,
    facts,
    coverage: coverageReader(deps),
    schemaStatus: options.schemaStatus,
  };
  registerOpenapi(app, facts);
  app.register(async (routes: HttpApp) => {
    systemRoutes(routes, context);
    runRoutes(routes, context);
    runLogRoutes(routes, context);
    runControlRoutes(routes, context);
    jobRoutes(routes, context);
    previewRoutes(routes, context);
    groupRoutes(routes, context);
    sourceRoutes(routes, context);
    coverageRoutes(routes, context);
    cellRoutes(routes, context);
    explainRoutes(routes, context);
    qualityRoutes(routes, context);
    setRoutes(routes, context);
    dataRoutes(routes, context);
    tushareRoutes(routes, context, options);
    pageRoutes(routes, options.pageDir);
  });
  return app;
}

/** The path without the query, which may hold what people typed. */
function pathOf(request: FastifyRequest): string {
  return (request.url.split('?', 1)[0] ?? '').slice(0, LONGEST_PATH);
}

/** What a client did wrong is told to the client; what we did wrong goes to the log, with its cause. */
function noted(deps: AppDeps, request: FastifyRequest, thrown: unknown): AppError {
  const error = toRequestError(thrown);
  if (ERRORS[error.code].status >= 500) {
    deps.log.error(
      { requestId: request.id, method: request.method, path: pathOf(request), err: toAppError(thrown) },
      'a request failed',
    );
  }
  return error;
}

function logAnswers(app: HttpApp, deps: AppDeps): void {
  app.addHook('onResponse', async (request: FastifyRequest, reply: FastifyReply) => {
    const fields = {
      requestId: request.id,
      method: request.method,
      path: pathOf(request),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    };
    if (reply.statusCode < 400) deps.log.debug(fields, 'answered');
    else deps.log.info(fields, 'refused');
  });
}
