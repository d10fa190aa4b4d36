import type { Server } from 'node:http';
import type { AppDeps } from '../app/deps.ts';
import type { Service } from '../app/loop.ts';
import type { EventSignal } from '../ports/eventStore.ts';
import { createGateway, type RunningGateway } from './gateway.ts';
import { LIVE_LIMITS, type LiveLimits } from './limits.ts';
import { createWebSocketDoor, type LiveDoor } from './webSocketDoor.ts';

/** What tells the clients of a process of events, over whatever they come by. */
export interface Live {
  readonly gateway: RunningGateway;
  /** Begins to read the log, and takes WebSockets of the server. */
  start(server: Server, door: LiveDoor): Promise<void>;
  /** Ends all connections, so that the server has none to wait for. */
  stop(): Promise<void>;
}

export function createLive(
  deps: Pick<AppDeps, 'store' | 'clock' | 'log'>,
  signal: EventSignal,
  wished: Partial<LiveLimits> = {},
): Live {
  const limits: LiveLimits = { ...LIVE_LIMITS, ...wished };
  const gateway = createGateway(deps, signal, limits);
  let webSockets: Service | undefined;
  return {
    gateway,
    async start(server, door) {
      const { clock, log } = deps;
      await gateway.start();
      webSockets = createWebSocketDoor(server, { gateway, door, limits, clock, log });
      // they come on top of what requests need
      if (Number.isFinite(server.maxConnections)) server.maxConnections += limits.connections;
      await webSockets.start();
    },
    async stop() {
      await gateway.stop();
      await webSockets?.stop();
    },
  };
}
