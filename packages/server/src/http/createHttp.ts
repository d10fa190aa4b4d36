import { randomUUID } from 'node:crypto';
import fastifyStatic from '@fastify/static';
import fastify, { type FastifyRequest } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Settings } from '@tapekeeper/contract';
import { AppError, ERRORS, NOBODY, toAppError, type Identity } from '@tapekeeper/core';
import { coverageReader } from '../app/coverageReader.ts';
import type { AppDeps } from '../app/deps.ts';
import type { SchemaStatus } from '../app/readiness.ts';
import type { LiveGateway } from '../ports/liveGateway.ts';
import type { MetricsBook } from '../ports/metrics.ts';
import { beginOperation, completeOperations } from './audit.ts';
import { authenticate, openedByDocuments, type OpenReading } from './auth/authenticate.ts';
import { authorise, isHealth, policyOf, requirePolicy } from './auth/authorise.ts';
import { requireOwnOrigin } from './auth/ownOrigin.ts';
import type { HttpApp, HttpContext, ServerFacts } from './context.ts';
import { compressAnswers } from './compression.ts';
import { answerOrigin } from './cors.ts';
import { documentedSystems } from './documented/documentedSystems.ts';
import { tagAnswers } from './etag.ts';
import { guardRequest } from './guard.ts';
import { registerOpenapi } from './openapi.ts';
import { refuseUnstorable } from './refuseUnstorable.ts';
import { BODY_LIMIT_BYTES, sendProblem, toRequestError } from './problem.ts';
import { pairRoutes } from './routes/auth/pairs.ts';
import { authRoutes } from './routes/auth/routes.ts';
import { sessionRoutes } from './routes/auth/sessions.ts';
import { alertRoutes } from './routes/alerts/routes.ts';
import { silenceRoutes } from './routes/alerts/silenceRoutes.ts';
import { targetRoutes } from './routes/alerts/targetRoutes.ts';
import { cellRoutes } from './routes/cells/routes.ts';
import { channelRoutes } from './routes/channels/routes.ts';
import { coverageRoutes } from './routes/coverage/routes.ts';
import { dataRoutes } from './routes/data/routes.ts';
import { jobRoutes } from './routes/jobs/routes.ts';
import { eventRoutes } from './routes/events/routes.ts';
import { explainRoutes } from './routes/explain/routes.ts';
import { datasetRoutes } from './routes/datasets/routes.ts';
import { gapRoutes } from './routes/gaps/routes.ts';
import { groupRoutes } from './routes/groups/routes.ts';
import { hostRoutes } from './routes/hosts/routes.ts';
import { importRoutes } from './routes/imports/routes.ts';
import { itemRoutes } from './routes/items/routes.ts';
import { operationRoutes } from './routes/operations/routes.ts';
import { pageRoutes } from './routes/page/routes.ts';
import { previewRoutes } from './routes/previews/routes.ts';
import { qualityRoutes } from './routes/quality/routes.ts';
import { runControlRoutes } from './routes/runs/control.ts';
import { runLogRoutes } from './routes/runLogs/routes.ts';
import { runRoutes } from './routes/runs/routes.ts';
import { statisticsRoutes } from './routes/statistics/routes.ts';
import { settingRoutes } from './routes/settings/routes.ts';
import { sourceRoutes } from './routes/sources/routes.ts';
import { secretRoutes } from './routes/secrets/routes.ts';
import { setRoutes } from './routes/sets/routes.ts';
import { metricsRoutes } from './routes/metrics/routes.ts';
import { healthRoutes } from './routes/system/health.ts';
import { systemRoutes } from './routes/system/routes.ts';
import { tokenRoutes } from './routes/tokens/routes.ts';
import { userRoutes } from './routes/users/routes.ts';
import { headersOf } from './securityHeaders.ts';
import { limitRuns } from './runLimit.ts';
import { createLoadGate, type LoadLimits } from './loadGate.ts';
import { scopeRequests } from './logScope.ts';
import { observeAnswers } from './observeAnswers.ts';
import { sendStatic } from './staticFolder.ts';
import { pathOf } from './pathOf.ts';
import type { IsTrusted } from './trustedProxies.ts';
import { tushareRoutes } from './tushare/routes.ts';
import { HEADERS_LIMIT_BYTES, refuseUnreadable } from './unreadable.ts';

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
  /** Names besides those of this machine that requests may name. */
  readonly publicHosts?: readonly string[];
  /** Origins of other pages that may read answers, as browsers write them. */
  readonly corsOrigins?: readonly string[];
  /** Whether this machine may use without a token what the documents show without one. */
  readonly documentedLoopback?: boolean;
  /** Folder of others' pages, which has the root then. */
  readonly staticDir?: string | null;
  /** Which peers are proxies whose headers are believed; none where left out. */
  readonly isTrusted?: IsTrusted;
  /** Whether people may log in over plain HTTP from other machines; not where left out. */
  readonly insecureHttp?: boolean;
  /** Nothing is limited where left out, as beside a single command. */
  readonly limits?: LoadLimits;
  /** Settings as people look them up; none where left out. */
  readonly settings?: Settings['settings'];
  /** Tells clients of events; nobody is told of any where left out, as beside a single command. */
  readonly live?: LiveGateway;
  /** The numbers of the process; none are kept where left out. */
  readonly metrics?: MetricsBook;
  /** Since the scheduler of this process last turned; null where it has none. */
  readonly ownTurnMs?: () => number | null;
  /** Only how the process is: for one that serves no interface. */
  readonly healthOnly?: boolean;
}

/** A slow client loses its connection before it can hold the server up. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const IDLE_TIMEOUT_MS = 60_000;
const SLOW_CHECK_MS = 2_000;
const MOST_CONNECTIONS = 1_024;
const LONGEST_PARAM = 64;

/** The HTTP interface: guard, routes, errors, page. It listens nowhere yet. */
export function createHttp(options: HttpOptions): HttpApp {
  const { deps, facts } = options;
  const app = fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    connectionTimeout: IDLE_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    clientErrorHandler: refuseUnreadable,
    http: {
      maxHeaderSize: HEADERS_LIMIT_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: SLOW_CHECK_MS,
    },
    routerOptions: { maxParamLength: LONGEST_PARAM },
    requestIdHeader: false,
    trustProxy: options.isTrusted ?? false,
    genReqId: () => randomUUID(),
    frameworkErrors: (error, request, reply) => {
      reply.headers(headersOf(request));
      if (documented.answerFault(request, reply, error)) return;
      sendProblem(request, reply, toRequestError(error));
    },
  }).withTypeProvider<ZodTypeProvider>();
  app.server.maxConnections = MOST_CONNECTIONS;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  // bodies are JSON and nothing else
  app.removeContentTypeParser('text/plain');

  /** Who asks at the route of a request. */
  const identify = async (request: FastifyRequest): Promise<Identity> => {
    const identity = await authenticate(deps, options, request);
    const policy = policyOf(request);
    const mayOpen = options.documentedLoopback === true && policy !== undefined;
    return mayOpen ? openedByDocuments(identity, policy, request) : identity;
  };

  const load = createLoadGate(options.limits);
  app.decorateRequest('identity', null as unknown as Identity);
  app.decorateRequest('operation', null);
  app.decorateRequest('refusal', null);
  app.addHook('onRoute', requirePolicy);
  scopeRequests(app, deps.log);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...headersOf(request), 'cache-control': 'no-store', 'x-request-id': request.id });
    const { port, tokenFile, publicHosts = [], corsOrigins = [], isTrusted = () => false } = options;
    guardRequest(
      {
        method: request.method,
        path: pathOf(request),
        headers: request.headers,
        remoteAddress: request.socket.remoteAddress,
      },
      { port: port(), publicHosts, corsOrigins, isTrusted },
    );
    if (answerOrigin(request, reply, corsOrigins)) return reply;
    load.admit(request, reply);
    const policy = policyOf(request);
    if (policy === undefined) return undefined;
    if (isHealth(request)) {
      request.identity = NOBODY;
      return undefined;
    }
    request.identity = await identify(request);
    request.logFields.user = request.identity.name;
    await beginOperation(deps, request);
    requireOwnOrigin(request);
    authorise(request.identity, policy, tokenFile);
    load.take(request, reply);
    return undefined;
  });
  if (options.limits !== undefined) limitRuns(app, deps, options.limits.mostOpenRuns);
  observeAnswers(app, deps.log, options.metrics);
  completeOperations(app, deps);
  refuseUnstorable(app);
  tagAnswers(app);
  compressAnswers(app);
  app.setErrorHandler((thrown, request, reply) => sendProblem(request, reply, noted(deps, request, thrown)));
  const context: HttpContext = {
    deps,
    facts,
    coverage: coverageReader(deps),
    schemaStatus: options.schemaStatus,
    ownTurnMs: options.ownTurnMs ?? (() => null),
    live: options.live && { gateway: options.live, identify },
  };
  const cookieRules = { insecureHttp: options.insecureHttp ?? false };
  const documented = documentedSystems(app, context, cookieRules);
  const { staticDir = null } = options;
  app.setNotFoundHandler(async (request, reply) => {
    if (documented.answerUnknown(request, reply)) return reply;
    if (staticDir !== null && (await sendStatic(staticDir, request, reply))) return reply;
    const path = `${request.method} ${pathOf(request)}`;
    return sendProblem(request, reply, new AppError('not_found', { path }));
  });
  registerOpenapi(app, facts);
  app.register(fastifyStatic, { root: options.pageDir, serve: false, cacheControl: false });
  app.register(async (routes: HttpApp) => {
    healthRoutes(routes, context);
    if (options.metrics !== undefined) metricsRoutes(routes, context, options.metrics);
    if (options.healthOnly === true) return;
    systemRoutes(routes, context);
    runRoutes(routes, context);
    runLogRoutes(routes, context);
    statisticsRoutes(routes, context);
    importRoutes(routes, context);
    itemRoutes(routes, context);
    runControlRoutes(routes, context);
    jobRoutes(routes, context);
    previewRoutes(routes, context);
    groupRoutes(routes, context);
    sourceRoutes(routes, context);
    hostRoutes(routes, context);
    datasetRoutes(routes, context);
    gapRoutes(routes, context);
    settingRoutes(routes, options.settings ?? []);
    coverageRoutes(routes, context);
    cellRoutes(routes, context);
    explainRoutes(routes, context);
    eventRoutes(routes, context, options, options.live);
    qualityRoutes(routes, context);
    setRoutes(routes, context);
    alertRoutes(routes, context);
    silenceRoutes(routes, context);
    targetRoutes(routes, context);
    secretRoutes(routes, context);
    channelRoutes(routes, context);
    operationRoutes(routes, context);
    authRoutes(routes, context, cookieRules);
    pairRoutes(routes, context, cookieRules);
    sessionRoutes(routes, context);
    userRoutes(routes, context);
    tokenRoutes(routes, context);
    dataRoutes(routes, context);
    tushareRoutes(routes, context, options);
    documented.register(routes);
    pageRoutes(routes, options.pageDir, staticDir === null);
  });
  return app;
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
