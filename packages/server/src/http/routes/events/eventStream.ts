import type { FastifyReply } from 'fastify';
import type { LiveLine } from '../../../ports/liveGateway.ts';

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  // a proxy that collects answers would hold events back
  'x-accel-buffering': 'no',
};

/**
 * The way to a client as server-sent events. The head of the answer goes out with the first message, so that
 * a refusal before it is an answer like any other.
 */
export function eventStream(reply: FastifyReply): LiveLine {
  const { raw } = reply;
  let isOpen = false;
  const open = (): void => {
    isOpen = true;
    const headers = { ...reply.getHeaders(), ...HEADERS };
    reply.hijack();
    raw.writeHead(200, headers as Record<string, string>);
    raw.write('retry: 1000\n\n');
  };
  return {
    send({ type, upTo, json }) {
      if (!isOpen) open();
      if (!raw.destroyed) raw.write(`event: ${type}\nid: ${upTo}\ndata: ${json}\n\n`);
    },
    bufferedBytes: () => raw.writableLength,
    close(end) {
      if (end === 'too_slow') raw.destroy();
      else raw.end(`event: end\ndata: ${JSON.stringify({ type: 'end', reason: end })}\n\n`);
    },
  };
}
