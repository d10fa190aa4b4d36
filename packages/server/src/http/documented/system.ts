import { ERRORS, errorText, isAppError, type AppError, type ErrorCode } from '@tapekeeper/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { operationOf } from '../auth/authorise.ts';
import type { HttpApp, HttpContext } from '../context.ts';
import { toRequestError } from '../problem.ts';
import { DocumentedRefusal } from './refusal.ts';
import { faultsOf, NO_JSON, type Fault } from './validation.ts';

/** An error on its way to a client of a documented system. */
export interface Refused {
  readonly status: number;
  /** A text, or what is wrong with the parts of a request. */
  readonly detail: string | readonly Fault[];
  readonly code: ErrorCode;
  readonly requestId: string;
}

/** How one of the documented systems speaks, besides its routes. */
export interface DocumentedSystem {
  /** Tag of its routes in the OpenAPI document. */
  readonly tag: string;
  /** Beginnings of its paths: below them nothing but its own errors is answered. */
  readonly prefixes: readonly string[];
  /**
   * What it says of an error of ours, by the operation that raised it and the `Authorization` header of the request;
   * undefined for the words of the registry.
   */
  worded(
    code: ErrorCode,
    operation: string,
    authorization?: string,
  ): readonly [status: number, detail: string] | undefined;
  /** Keys of its errors besides `detail`, `message` and `error_code`. */
  envelope(refused: Refused): Readonly<Record<string, unknown>>;
  routes(app: HttpApp, context: HttpContext): void;
}

/** What every error of the documented systems has: older clients read `detail`, newer ones `message`. */
const refusalSchema = z
  .looseObject({ detail: z.unknown(), message: z.string(), error_code: z.string() })
  .meta({ id: 'DocumentedError' });

/** How a documented route fails. */
const REFUSAL_ANSWER = {
  default: {
    description: 'an error in the form of the documented system',
    content: { 'application/json': { schema: refusalSchema } },
  },
} as const;

/** What a documented route may answer: this when it goes well, an error of its system otherwise. */
export function documentedAnswers<Status extends number, Schema extends z.ZodType>(
  status: Status,
  schema: Schema,
) {
  return { [status]: schema, ...REFUSAL_ANSWER } as Record<Status, Schema> & typeof REFUSAL_ANSWER;
}

/** Adds the routes of a system in a scope of their own, with its errors. */
export function registerSystem(app: HttpApp, context: HttpContext, system: DocumentedSystem): void {
  app.register(async (scope: HttpApp) => {
    takeEmptyBodies(scope);
    scope.setErrorHandler((thrown, request, reply) => refuse(context, system, request, reply, thrown));
    system.routes(scope, context);
  });
}

/** Axios and others say that a body is JSON and send none. */
function takeEmptyBodies(scope: HttpApp): void {
  const parse = scope.getDefaultJsonParser('error', 'error');
  scope.removeContentTypeParser('application/json');
  scope.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else void parse(request, body as string, done);
  });
}

/** Answers with an error in the form of a system; it is the only way in which its routes fail. */
export function refuse(
  { deps }: Pick<HttpContext, 'deps'>,
  system: DocumentedSystem,
  request: FastifyRequest,
  reply: FastifyReply,
  thrown: unknown,
): FastifyReply {
  const refused = refusedOf(system, request, thrown);
  if (refused.status >= 500 && !(thrown instanceof DocumentedRefusal))
    deps.log.error({ requestId: request.id, err: thrown }, 'a request failed');
  request.refusal = refused.code;
  if (refused.status === 401) reply.header('www-authenticate', 'Bearer');
  return reply
    .code(refused.status)
    .type('application/json; charset=utf-8')
    .serializer((text: string) => text)
    .send(JSON.stringify(bodyOf(system, refused)));
}

function bodyOf(system: DocumentedSystem, refused: Refused): object {
  const { detail, code } = refused;
  const message = typeof detail === 'string' ? detail : (detail[0]?.msg ?? '');
  return { ...system.envelope(refused), detail, message, error_code: code };
}

function refusedOf(system: DocumentedSystem, request: FastifyRequest, thrown: unknown): Refused {
  const requestId = request.id;
  if (thrown instanceof DocumentedRefusal) {
    const { status, detail, code } = thrown;
    return { status, detail, code, requestId };
  }
  const faults = faultsOf(thrown) ?? (isNoJson(thrown) ? NO_JSON : undefined);
  if (faults !== undefined) return { status: 422, detail: faults, code: 'bad_request', requestId };
  const error = isAppError(thrown) ? thrown : toRequestError(thrown);
  const operation = operationOf(request.routeOptions.schema as { operationId?: unknown } | undefined) ?? '';
  const [status, detail] = system.worded(error.code, operation, request.headers.authorization) ?? [
    ERRORS[error.code].status,
    textOf(error, requestId),
  ];
  return { status, detail, code: error.code, requestId };
}

/** No inside of ours is told. */
function textOf(error: AppError, requestId: string): string {
  const details =
    error.code === 'internal' ? { message: `see the log, request ${requestId}.` } : error.details;
  return errorText(error.code, details, 'zh');
}

function isNoJson(thrown: unknown): boolean {
  return (
    thrown instanceof SyntaxError ||
    (thrown instanceof Error && 'code' in thrown && thrown.code === 'FST_ERR_CTP_INVALID_JSON_BODY')
  );
}
