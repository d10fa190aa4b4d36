/** How much of a process live clients may take. */
export interface LiveLimits {
  /** Connections of one user. */
  readonly perUser: number;
  /** Connections of the installation itself, and of whoever is on this machine unnamed. */
  readonly perInstallation: number;
  /** Connections of all together. */
  readonly connections: number;
  /** Connections that have not yet shown who they are. */
  readonly strangers: number;
  /** Shortest time between two frames to one client. */
  readonly frameMs: number;
  /** With more than this waiting to leave, nothing more is put in. */
  readonly highBytes: number;
  /** With less than this a client that fell behind goes on. */
  readonly lowBytes: number;
  /** With more than this waiting the connection ends. */
  readonly mostBytes: number;
  /** A client whose buffer stays full for this long is given up. */
  readonly behindMs: number;
  /** Events of the log that a client may be behind; with more it has to begin anew. */
  readonly replayEvents: number;
  /** Events that are kept in memory. */
  readonly recentEvents: number;
  /** Without anything to say a client is told so this often. */
  readonly heartbeatMs: number;
  /** How often a client of a documented push channel hears that the server is there. */
  readonly pushHeartbeatMs: number;
  /** A client that shows nothing at the door has this long to say who it is. */
  readonly proveMs: number;
  /** A client that has not answered a ping when the next one is due is gone. */
  readonly pingMs: number;
  /** How often it is asked of everybody whether the proof still holds. */
  readonly recheckMs: number;
}

export const LIVE_LIMITS: LiveLimits = Object.freeze({
  perUser: 5,
  perInstallation: 50,
  connections: 500,
  strangers: 100,
  frameMs: 250,
  highBytes: 256 * 1024,
  lowBytes: 64 * 1024,
  mostBytes: 1024 * 1024,
  behindMs: 30_000,
  replayEvents: 20_000,
  recentEvents: 8_192,
  heartbeatMs: 15_000,
  pushHeartbeatMs: 30_000,
  proveMs: 5_000,
  pingMs: 10_000,
  recheckMs: 30_000,
});
