import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';

const HOST = '127.0.0.1';

/** One session through the switch. */
interface Line {
  readonly client: Socket;
  readonly server: Socket;
  /** Nothing passes any more, and neither side is told. */
  dead: boolean;
}

/**
 * The fixed address of a database that moves: what stands before a pair of servers. It can be turned to
 * another server, end all sessions, or let them die without a word.
 */
export interface SwitchProxy {
  readonly port: number;
  /** New sessions go there; those that are open stay where they are. */
  turnTo(port: number): void;
  /** Ends all sessions at once, as a failover does. */
  cut(): void;
  /** Open sessions go dead: bytes are taken and never delivered. Returns how many there were. */
  deaden(): number;
  close(): Promise<void>;
}

export async function startSwitchProxy(target: number): Promise<SwitchProxy> {
  let current = target;
  const lines = new Set<Line>();
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = createConnection({ host: HOST, port: current, noDelay: true });
    const line: Line = { client, server: upstream, dead: false };
    lines.add(line);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on('data', (bytes: Buffer) => {
        if (!line.dead) to.write(bytes);
      });
      // who is killed here resets connections; the close that follows says the same
      from.on('error', () => {});
      from.on('close', () => {
        if (!line.dead || from === client) {
          to.destroy();
          lines.delete(line);
        }
      });
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, HOST, resolve);
  });
  const cut = (): void => {
    for (const { client, server: upstream } of lines) {
      client.destroy();
      upstream.destroy();
    }
    lines.clear();
  };
  return {
    port: (server.address() as AddressInfo).port,
    turnTo: (port) => void (current = port),
    cut,
    deaden() {
      for (const line of lines) line.dead = true;
      return lines.size;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
}
