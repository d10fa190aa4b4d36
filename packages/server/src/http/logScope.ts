import type { Log } from '../ports/log.ts';
import type { HttpApp } from './context.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What every line of the log that is written for the request carries. */
    logFields: { requestId: string; user: string | null };
  }
}

/** Whatever is logged for a request names it, and who asks once that is known. */
export function scopeRequests(app: HttpApp, log: Log): void {
  app.decorateRequest('logFields', null as unknown as { requestId: string; user: string | null });
  const within = log.within ?? ((_fields, work) => work());
  app.addHook('onRequest', (request, _reply, done) => {
    request.logFields = { requestId: request.id, user: null };
    within(request.logFields, done);
  });
  // reading the body goes by the events of the connection, which knows nothing of requests
  app.addHook('preValidation', (request, _reply, done) => {
    request.logFields.user = request.identity?.name ?? null;
    within(request.logFields, done);
  });
}
