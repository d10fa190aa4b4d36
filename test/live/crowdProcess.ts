import type { LiveMessage } from '@tapekeeper/contract';
import { WebSocket } from 'ws';
import type { CrowdAnswer, CrowdOrder, CrowdQuestion, CrowdResult } from './crowd.ts';

/** Connections that are made at the same time. */
const AT_ONCE = 100;
/** Every so many-th client measures. */
const MEASURED = 10;

const order = JSON.parse(process.argv[2] ?? '') as CrowdOrder;

interface Client {
  readonly run: number;
  readonly isMeasured: boolean;
  seen: number;
  last: number;
  upTo: number;
  faulty: boolean;
}

const clients: Client[] = [];
const latencies: number[] = [];
const sockets = new Set<WebSocket>();
let waitsFor: number | undefined;

const startedAt = Date.now();
let next = 0;
await Promise.all(Array.from({ length: AT_ONCE }, connectAll));
say({ say: 'connected', ms: Date.now() - startedAt });

process.on('message', (question: CrowdQuestion) => {
  if (question.ask === 'end') process.exit(0);
  waitsFor = question.upTo;
  answerWhenAllHave();
});

async function connectAll(): Promise<void> {
  while (next < order.clients) await connect(order.from + next++);
}

function connect(number: number): Promise<void> {
  const client: Client = {
    run: (order.firstRun ?? 0) + (number % order.runs),
    isMeasured: number % MEASURED === 0,
    seen: 0,
    last: 0,
    upTo: 0,
    faulty: false,
  };
  clients.push(client);
  const socket = new WebSocket(`${order.url.replace('http', 'ws')}/v1/live`, { perMessageDeflate: false });
  sockets.add(socket);
  return new Promise((resolve) => {
    socket.on('open', () => {
      socket.send(JSON.stringify({ type: 'auth', token: order.token }));
      const topics = [`run:${client.run}`, order.everybody];
      socket.send(JSON.stringify({ type: 'subscribe', topics }));
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      client.faulty = true;
      client.upTo = Infinity;
      resolve();
      answerWhenAllHave();
    });
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as LiveMessage;
      if (message.type === 'subscribed') resolve();
      if (message.type === 'events') take(client, message);
      client.upTo = Math.max(client.upTo, message.type === 'events' ? message.upTo : 0);
      answerWhenAllHave();
    });
  });
}

function take(client: Client, { events }: Extract<LiveMessage, { type: 'events' }>): void {
  for (const { seq, payload, merged, at } of events) {
    const numbers = merged ?? [seq];
    client.seen += numbers.length;
    if ((numbers[0] ?? 0) <= client.last && merged === undefined) client.faulty = true;
    if (payload['runId'] !== undefined && payload['runId'] !== client.run) client.faulty = true;
    client.last = Math.max(client.last, seq);
    if (client.isMeasured) latencies.push(Date.now() - at);
  }
}

function answerWhenAllHave(): void {
  const upTo = waitsFor;
  if (upTo === undefined || clients.some((client) => client.upTo < upTo)) return;
  waitsFor = undefined;
  say({ say: 'result', ...resultOf() });
}

function resultOf(): CrowdResult {
  const counts: Record<number, { least: number; most: number }> = {};
  for (const { run, seen, faulty } of clients) {
    if (faulty) continue;
    const count = (counts[run] ??= { least: seen, most: seen });
    count.least = Math.min(count.least, seen);
    count.most = Math.max(count.most, seen);
  }
  return { counts, faulty: clients.filter(({ faulty }) => faulty).length, latencies };
}

function say(answer: CrowdAnswer): void {
  process.send?.(answer);
}
