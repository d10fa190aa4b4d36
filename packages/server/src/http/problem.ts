import type { Problem } from '@tapekeeper/contract';
import { AppError, ERRORS, errorText, isAppError } from '@tapekeeper/core';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';

export const PROBLEM_TYPE = 'application/problem+json';
export const BODY_LIMIT_BYTES = 1024 * 1024;

const RETRY_AFTER_SECONDS = 5;

/** An error as the wire shows it: what is wrong and what to do, in both languages, and no inside of ours. */
export function problemOf(error: AppError, requestId: string): Problem {
  const { code } = error;
  const details = code === 'internal' ? { message: `see the log, request ${requestId}.` } : error.details;
  return {
    type: `urn:tapekeeper:error:${code}`,
    title: titleOf(code),
    status: ERRORS[code].status,
    detail: errorText(code, details, 'en'),
    detailZh: errorText(code, details, 'zh'),
    code,
    requestId,
  };
}

/** Answers with the problem of an error; it is the only way in which a request fails. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: AppError): FastifyReply {
  const { status, retry } = ERRORS[error.code];
  request.refusal = error.code;
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  if ((status === 503 || status === 429) && retry === 'later')
    reply.header('retry-after', retryAfterSeconds(error));
  // written out here, so that no serializer of the route can fail on it
  return reply
    .code(status)
    .type(`${PROBLEM_TYPE}; charset=utf-8`)
    .serializer((text: string) => text)
    .send(JSON.stringify(problemOf(error, request.id)));
}

/** What the error itself asks to wait for, in whole seconds. */
function retryAfterSeconds({ details }: AppError): number {
  const asked = Number(details['retryAfterSeconds'] ?? RETRY_AFTER_SECONDS);
  return Number.isFinite(asked) ? Math.max(1, Math.ceil(asked)) : RETRY_AFTER_SECONDS;
}

/** Whatever a route or the framework has thrown, as an error of ours. */
export function toRequestError(thrown: unknown): AppError {
  if (isAppError(thrown)) return thrown;
  if (!(thrown instanceof Error)) return new AppError('internal', { message: String(thrown) }, thrown);
  if (hasZodFastifySchemaValidationErrors(thrown)) {
    const problem = thrown.validation.map((issue) => faultOf(thrown, issue)).join('; ');
    return new AppError('bad_request', { problem }, thrown);
  }
  const { code, statusCode, message } = thrown as Partial<FastifyError> & Error;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new AppError('body_too_large', { limit: BODY_LIMIT_BYTES }, thrown);
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new AppError('not_json', {}, thrown);
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new AppError('bad_request', { problem: message }, thrown);
  }
  return new AppError('internal', { message }, thrown);
}

/** `body "from": Too big: expected string to have <=32 characters`. */
function faultOf(error: FastifyError, issue: { instancePath: string; message?: string | undefined }): string {
  const part = { body: 'body', querystring: 'query', params: 'path', headers: 'headers' }[
    error.validationContext ?? 'body'
  ];
  const field = issue.instancePath.replace(/^\//, '').replaceAll('/', '.');
  return `${part}${field === '' ? '' : ` "${field}"`}: ${issue.message ?? 'not valid'}`;
}

/** `bad_request` as `Bad request`. */
function titleOf(code: string): string {
  const words = code.replaceAll('_', ' ');
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
