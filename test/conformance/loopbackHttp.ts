import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LoopbackHttp {
  readonly url: string;
  close(): Promise<void>;
}

/** An HTTP server on a free port of this machine, which hangs up on everyone when closed. */
export async function startLoopbackHttp(
  handle: (request: IncomingMessage, response: ServerResponse, body: string) => void,
): Promise<LoopbackHttp> {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('error', () => {});
    request.on('end', () => handle(request, response, body));
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
}
