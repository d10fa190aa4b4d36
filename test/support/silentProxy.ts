import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';

export interface SilentProxy {
  /** The address of the real server as it is reached through here. */
  readonly url: string;
  /** Connections that have been made through it. */
  connections(): number;
  /**
   * From now on nothing passes on the connections that there are, and neither end is told: as when a router between
   * them has forgotten them. New ones are as good as ever.
   */
  silence(): void;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Stands between a program and a server, and can make all connections half open. */
export async function startSilentProxy(realUrl: string): Promise<SilentProxy> {
  const real = new URL(realUrl);
  const sockets = new Set<Socket>();
  const silenced = new WeakSet<Socket>();
  let connections = 0;
  const server = createServer({ noDelay: true }, (client) => {
    connections++;
    const upstream = createConnection({
      host: real.hostname,
      port: Number(real.port || 5432),
      noDelay: true,
    });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => {});
      from.on('data', (bytes) => void (silenced.has(from) || to.write(bytes)));
      from.on('close', () => {
        sockets.delete(from);
        if (!silenced.has(from)) to.destroy();
      });
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, HOST, resolve);
  });
  const url = new URL(realUrl);
  url.hostname = HOST;
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    connections: () => connections,
    silence() {
      for (const socket of sockets) silenced.add(socket);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
