import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { AppError, ERRORS } from '@tapekeeper/core';
import { PROBLEM_TYPE, problemOf } from './problem.ts';

/** Of the address and the headers together; what Node takes by itself. */
export const HEADERS_LIMIT_BYTES = 16 * 1024;

/**
 * Answers what never became a request: too much in its head, too slow, or no HTTP. There is no route yet, so that
 * it is told in the same form to clients of every interface.
 */
export function refuseUnreadable(thrown: Error & { readonly code?: string }, socket: Socket): void {
  if (thrown.code !== 'ECONNRESET' && socket.writable) socket.write(answerOf(refusalOf(thrown)));
  socket.destroy(thrown);
}

function refusalOf(thrown: Error & { readonly code?: string }): AppError {
  if (thrown.code === 'HPE_HEADER_OVERFLOW')
    return new AppError('headers_too_large', { limit: HEADERS_LIMIT_BYTES }, thrown);
  if (thrown.code === 'ERR_HTTP_REQUEST_TIMEOUT') return new AppError('request_too_slow', {}, thrown);
  return new AppError('bad_request', { problem: 'this is not HTTP as this server reads it' }, thrown);
}

function answerOf(error: AppError): string {
  const { status } = ERRORS[error.code];
  const body = JSON.stringify(problemOf(error, randomUUID()));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Type: ${PROBLEM_TYPE}; charset=utf-8`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
