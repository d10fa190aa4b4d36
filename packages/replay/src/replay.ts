import { startAkshare } from './akshare/akshareServer.ts';
import { type Call, makeCallLog } from './callLog.ts';
import type { FaultRule } from './faults/fault.ts';
import { makeFaultScript } from './faults/faultScript.ts';
import { makePauses } from './pauses.ts';
import { seededRandom } from './random.ts';
import type { EnvelopeStyle } from './tushare/envelope.ts';
import { startTushare } from './tushare/tushareServer.ts';
import { startBaostock } from './baostock/baostockServer.ts';
import type { Listening, Upstream } from './upstream.ts';
import type { World } from './world/openWorld.ts';

export interface Permissions {
  /** Tushare tokens that are accepted; without a list, any of at least 8 characters. */
  readonly tokens?: readonly string[];
  /** Tushare interfaces that every token lacks the right to. */
  readonly deniedApis?: readonly string[];
  /** BaoStock connections that may be logged in at a time. */
  readonly maxLogins?: number;
}

export interface ReplayOptions {
  readonly world: World;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0, the default, takes any free port. */
  readonly tusharePort?: number;
  readonly baostockPort?: number;
  /** Of the public web endpoints that AKShare wraps. */
  readonly aksharePort?: number;
  readonly faults?: readonly FaultRule[];
  /** Draws of faults with a chance, of cuts and of noise; default 1. */
  readonly seed?: number;
  /** Added before every answer; default 0. */
  readonly latencyMs?: number;
  readonly permissions?: Permissions;
  /** Row caps of Tushare interfaces, in place of the real ones. */
  readonly caps?: Readonly<Record<string, number>>;
  /** `absent` leaves has_more and count out of Tushare's answers. */
  readonly envelope?: EnvelopeStyle;
  /** Epoch milliseconds for call times, quotes, quotas and login answers; the system's by default. */
  readonly now?: () => number;
}

/** Running upstream servers over a world. */
export interface Replay {
  readonly tushareUrl: string;
  /** `tcp://host:port`. */
  readonly baostockUrl: string;
  /** `http://host:port`; the first segment of a path names the origin: `/push2his/api/qt/…`. */
  readonly akshareUrl: string;
  /** The last 1000 calls, oldest first. */
  calls(): readonly Call[];
  /** All calls by `tushare.daily`, `baostock.login` and so on. */
  counts(): Record<string, number>;
  /** Throws `bad_setting` for a rule that is not valid. */
  addFault(rule: FaultRule): void;
  /** Forgets all faults, and lifts bans. */
  clearFaults(): void;
  /** Closes the servers and every connection; further calls do nothing. */
  stop(): Promise<void>;
}

/** Starts the upstream servers. Throws `port_taken`, and `bad_setting` for faults that are not valid. */
export async function startReplay(options: ReplayOptions): Promise<Replay> {
  const {
    world,
    host = '127.0.0.1',
    tusharePort = 0,
    baostockPort = 0,
    aksharePort = 0,
    permissions = {},
  } = options;
  const random = seededRandom(options.seed ?? 1);
  const now = options.now ?? Date.now;
  const upstream: Upstream = {
    calls: makeCallLog(),
    faults: makeFaultScript(options.faults ?? [], random, now),
    random,
    pauses: makePauses(),
    latencyMs: options.latencyMs ?? 0,
    now,
  };
  const { maxLogins, ...rights } = permissions;
  const { caps, envelope } = options;
  const tushare = await startTushare(world, upstream, {
    host,
    port: tusharePort,
    ...rights,
    ...(caps && { caps }),
    ...(envelope && { envelope }),
  });
  const baostock = await startBaostock(world, upstream, {
    host,
    port: baostockPort,
    ...(maxLogins !== undefined && { maxLogins }),
  }).catch(async (cause: unknown) => {
    await tushare.close();
    throw cause;
  });
  const akshare = await startAkshare(world, upstream, { host, port: aksharePort }).catch(
    async (cause: unknown) => {
      await Promise.all([tushare.close(), baostock.close()]);
      throw cause;
    },
  );

  let stopping: Promise<void> | undefined;
  return {
    tushareUrl: `http://${authority(tushare)}`,
    baostockUrl: `tcp://${authority(baostock)}`,
    akshareUrl: `http://${authority(akshare)}`,
    calls: () => upstream.calls.last(),
    counts: () => upstream.calls.counts(),
    addFault: (rule) => upstream.faults.add(rule),
    clearFaults: () => upstream.faults.clear(),
    stop() {
      upstream.pauses.stop();
      stopping ??= Promise.all([tushare.close(), baostock.close(), akshare.close()]).then(() => undefined);
      return stopping;
    },
  };
}

function authority({ host, port }: Listening): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
