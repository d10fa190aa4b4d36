import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import {
  COPY_DATA,
  doneBy,
  PostgresFrames,
  startupParameters,
  statementOf,
  type Piece,
} from './postgresFrames.ts';

/** A moment in the talk of a program with its database, seen before its bytes are passed on. */
export type Moment =
  /** A session begins. */
  | { readonly kind: 'opened' }
  | { readonly kind: 'statement'; readonly text: string }
  /** So many bytes of a COPY are here, after `sent` that went before them. */
  | { readonly kind: 'copy'; readonly sent: number; readonly bytes: number }
  /** The program says COMMIT, and the server does not know it yet. */
  | { readonly kind: 'commit' }
  /** The server has committed, and the program does not know it yet. */
  | { readonly kind: 'committed' };

/** A session through the proxy. */
export interface Conversation {
  readonly application: string;
  /** The proxy's own port towards the server: `client_port` in `pg_stat_activity`. */
  readonly port: number;
  /** The statements since the last BEGIN, in order. */
  readonly statements: readonly string[];
}

/** `cutAfter`: so many bytes of the moment go on, then nothing more, in either direction. */
export type Verdict = 'pass' | { readonly cutAfter: number };

export type Watch = (moment: Moment, conversation: Conversation) => Verdict;

export interface PostgresProxy {
  /** The address of the real server as it is reached through here. */
  readonly url: string;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const BEGIN = /^begin\b/i;
const COMMIT = /^commit\b/i;

/**
 * Stands between a program and its PostgreSQL, shows what happens between them, and can end a session
 * at any byte: the only place from which one can see a COMMIT that the server has done and the program
 * has not heard of. Speaks no encryption, which both sides do without on the loopback.
 */
export async function startPostgresProxy(realUrl: string, watch: Watch): Promise<PostgresProxy> {
  const real = new URL(realUrl);
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // Whoever is killed here resets connections; the other side learns of it by the close that follows.
    socket.on('error', () => {});
    return socket;
  };
  const server = createServer({ noDelay: true, pauseOnConnect: true }, (client) => {
    keep(client);
    const upstream = keep(
      createConnection({ host: real.hostname, port: Number(real.port || 5432), noDelay: true }),
    );
    upstream.once('connect', () => converse(client, upstream, watch));
    upstream.once('close', () => client.destroy());
    client.once('close', () => upstream.end());
  });
  await listening(server);
  const url = new URL(realUrl);
  url.hostname = HOST;
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, HOST, resolve);
  });
}

interface Talk {
  application: string;
  port: number;
  statements: string[];
  copied: number;
}

function converse(client: Socket, server: Socket, watch: Watch): void {
  const talk: Talk = { application: '', port: server.localPort ?? 0, statements: [], copied: 0 };
  const asked = new PostgresFrames('client');
  const answered = new PostgresFrames('server');
  let cut = false;

  /** Passes pieces on until the verdict on one of them ends the session. */
  const pass = (
    pieces: readonly Piece[],
    to: Socket,
    momentOf: (piece: Piece) => Moment | undefined,
  ): void => {
    to.cork();
    for (const piece of pieces) {
      if (cut) break;
      const moment = momentOf(piece);
      const verdict = moment === undefined ? 'pass' : watch(moment, talk);
      if (verdict === 'pass') {
        to.write(piece.bytes);
        if (moment) note(talk, moment);
        continue;
      }
      cut = true;
      to.write(piece.bytes.subarray(0, verdict.cutAfter));
    }
    to.uncork();
    if (cut) {
      server.end();
      client.destroy();
    }
  };
  const flow = (from: Socket, to: Socket, take: (bytes: Buffer) => void): void => {
    from.on('data', (bytes: Buffer) => {
      if (cut) return;
      take(bytes);
      if (to.writableNeedDrain) {
        from.pause();
        to.once('drain', () => from.resume());
      }
    });
  };
  flow(client, server, (bytes) => pass(asked.push(bytes), server, (piece) => askedMoment(talk, piece)));
  flow(server, client, (bytes) => pass(answered.push(bytes), client, (piece) => answeredMoment(piece)));
  client.resume();
}

function askedMoment(talk: Talk, piece: Piece): Moment | undefined {
  if (piece.type === '') {
    talk.application = startupParameters(piece.body).get('application_name') ?? '';
    return { kind: 'opened' };
  }
  if (piece.type === COPY_DATA) return { kind: 'copy', sent: talk.copied, bytes: piece.bytes.length };
  const text = statementOf(piece);
  if (text === undefined) return undefined;
  return COMMIT.test(text) ? { kind: 'commit' } : { kind: 'statement', text };
}

function answeredMoment(piece: Piece): Moment | undefined {
  return doneBy(piece) === 'COMMIT' ? { kind: 'committed' } : undefined;
}

function note(talk: Talk, moment: Moment): void {
  switch (moment.kind) {
    case 'copy':
      talk.copied = moment.sent + moment.bytes;
      break;
    case 'statement':
      if (BEGIN.test(moment.text)) talk.statements = [];
      else talk.statements.push(moment.text);
      talk.copied = 0;
      break;
    case 'committed':
      talk.statements = [];
      break;
    case 'opened':
    case 'commit':
  }
}
