import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';

/** The first bytes of an answer are here; `bytes` of them. Nothing of it has been passed on. */
export type AnswerWatch = (bytes: number) => 'pass' | { readonly cutAfter: number };

export interface TapProxy {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/**
 * Stands between a client and a server that answer each other in turn over TCP (HTTP with one request at
 * a time, BaoStock), and can end the conversation at any byte of the first bytes of an answer: the
 * server has then heard the question, and the client not, or not all of, the answer.
 */
export async function startTapProxy(
  server: { host: string; port: number },
  watch: AnswerWatch,
): Promise<TapProxy> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    return socket;
  };
  const proxy = createServer({ noDelay: true }, (client) => {
    keep(client);
    const upstream = keep(createConnection({ ...server, noDelay: true }));
    let asked = false;
    let cut = false;
    client.on('data', (bytes) => {
      asked = true;
      upstream.write(bytes);
    });
    upstream.on('data', (bytes: Buffer) => {
      if (cut) return;
      const verdict = asked ? watch(bytes.length) : 'pass';
      asked = false;
      if (verdict === 'pass') {
        client.write(bytes);
        return;
      }
      cut = true;
      client.end(bytes.subarray(0, verdict.cutAfter));
      upstream.destroy();
    });
    client.once('close', () => upstream.end());
    upstream.once('close', () => client.destroySoon());
  });
  await new Promise<void>((resolve, reject) => {
    proxy.once('error', reject);
    proxy.listen(0, HOST, resolve);
  });
  return {
    host: HOST,
    port: (proxy.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        proxy.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
