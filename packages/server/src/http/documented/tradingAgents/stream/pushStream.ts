import type { FastifyReply } from 'fastify';
import type { PushOutlet } from '../../../../app/push/followPush.ts';
import type { Told } from '../../../../app/push/pushFeed.ts';

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  connection: 'keep-alive',
  // a proxy that collects answers would hold events back
  'x-accel-buffering': 'no',
};

/** The way to a client of the trading agents as server-sent events, whose names are the types of messages. */
export function pushStream(reply: FastifyReply): PushOutlet {
  const { raw } = reply;
  let isOpen = false;
  const write = (event: string, data: object): void => {
    if (!isOpen) {
      isOpen = true;
      const headers = { ...reply.getHeaders(), ...HEADERS };
      reply.hijack();
      raw.writeHead(200, headers as Record<string, string>);
    }
    if (!raw.destroyed) raw.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  return {
    tell(told) {
      for (const [event, data] of eventsOf(told)) write(event, data);
    },
    bufferedBytes: () => raw.writableLength,
    close(end) {
      if (end === 'too_slow') raw.destroy();
      else raw.end();
    },
  };
}

/** An end is told twice: as the last progress, and as the end that it is. */
function eventsOf({ type, data }: Told): readonly (readonly [event: string, data: object])[] {
  const { status, task_id, batch_id } = data;
  if (type !== 'completed' && type !== 'error') return [[type, data]];
  if (typeof status !== 'string') return [['error', { error: data['error'] ?? data['message'] }]];
  const whose = batch_id === undefined ? { task_id } : { batch_id };
  return [
    ['progress', data],
    ['finished', { ...whose, final_status: status }],
  ];
}
