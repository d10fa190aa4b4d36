import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { HttpApp } from './context.ts';
import { pathOf } from './pathOf.ts';

/** Requests that found no route have no template; what they asked for is no label. */
const NO_ROUTE = 'none';

/** Each answer leaves a line of the log, and its duration under the template of its route. */
export function observeAnswers(app: HttpApp, log: Log, metrics?: Metrics): void {
  app.addHook('onResponse', async (request: FastifyRequest, reply: FastifyReply) => {
    const { statusCode: status } = reply;
    const fields = {
      requestId: request.id,
      user: request.identity?.name ?? null,
      method: request.method,
      path: pathOf(request),
      status,
      ms: Math.round(reply.elapsedTime),
    };
    if (status < 400) log.debug(fields, 'answered');
    else log.info(fields, 'refused');
    const route = request.routeOptions.url ?? NO_ROUTE;
    metrics?.took(
      'tapekeeper_http_request_duration_seconds',
      { route, method: methodOf(request), status: String(status) },
      reply.elapsedTime / 1000,
    );
  });
}

/** Of a request without a route, the method too may be anything. */
function methodOf({ method, routeOptions }: FastifyRequest): string {
  return routeOptions.url === undefined ? NO_ROUTE : method;
}
