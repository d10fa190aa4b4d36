import { randomUUID } from 'node:crypto';
import {
  channelListSchema,
  channelParamsSchema,
  channelSchema,
  channelTestSchema,
  newChannelSchema,
  noticeListQuerySchema,
  noticeListSchema,
  updateChannelSchema,
} from '@tapekeeper/contract';
import {
  createChannel,
  deleteChannel,
  findChannel,
  listChannels,
  testChannel,
  updateChannel,
} from '../../../app/notify/channels.ts';
import { answers } from '../../answers.ts';
import { noteOperation } from '../../audit.ts';
import { authorOf } from '../../auth/author.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { NEEDS_TOKEN } from '../../openapi.ts';
import { presentChannel, presentNotice, presentTest, shownChannel } from './present.ts';

const TAGS = ['channels'];

export function channelRoutes(app: HttpApp, { deps }: HttpContext): void {
  app.get(
    '/v1/channels',
    {
      schema: {
        operationId: 'listChannels',
        summary: 'Where notices go, by name',
        tags: TAGS,
        response: answers(200, channelListSchema),
      },
    },
    async () => ({ channels: (await listChannels(deps)).map(presentChannel) }),
  );

  app.get(
    '/v1/channels/:id',
    {
      schema: {
        operationId: 'getChannel',
        summary: 'One channel, without its secret',
        tags: TAGS,
        params: channelParamsSchema,
        response: answers(200, channelSchema),
      },
    },
    async ({ params }) => presentChannel(await findChannel(deps, params.id)),
  );

  app.post(
    '/v1/channels',
    {
      schema: {
        operationId: 'createChannel',
        summary: 'Make a place where notices go, with its secret',
        tags: TAGS,
        security: NEEDS_TOKEN,
        body: newChannelSchema,
        response: answers(201, channelSchema),
      },
    },
    async (request, reply) => {
      const { secret, author, ...channel } = request.body;
      const made = await createChannel(deps, { channel, secret, by: authorOf(request, author) });
      noteOperation(request, { id: String(made.id), after: shownChannel(made) });
      return reply.code(201).header('location', `/v1/channels/${made.id}`).send(presentChannel(made));
    },
  );

  app.put(
    '/v1/channels/:id',
    {
      schema: {
        operationId: 'updateChannel',
        summary: 'Change a channel; its secret stays',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: channelParamsSchema,
        body: updateChannelSchema,
        response: answers(200, channelSchema),
      },
    },
    async (request) => {
      const { before, after } = await updateChannel(deps, request.params.id, request.body);
      noteOperation(request, { before: shownChannel(before), after: shownChannel(after) });
      return presentChannel(after);
    },
  );

  app.delete(
    '/v1/channels/:id',
    {
      schema: {
        operationId: 'deleteChannel',
        summary: 'Remove a channel and its secret; what waits for it is given up',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: channelParamsSchema,
        response: answers(200, channelSchema),
      },
    },
    async (request) => {
      const removed = await deleteChannel(deps, request.params.id);
      noteOperation(request, { before: shownChannel(removed) });
      return presentChannel(removed);
    },
  );

  app.post(
    '/v1/channels/:id/test',
    {
      schema: {
        operationId: 'testChannel',
        summary: 'Send a test notice now, and say what the other side said',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: channelParamsSchema,
        response: answers(200, channelTestSchema),
      },
    },
    async (request) => {
      const tested = presentTest(await testChannel(deps, request.params.id, randomUUID()));
      noteOperation(request, { after: { ok: tested.ok, error: tested.error } });
      return tested;
    },
  );

  app.get(
    '/v1/notices',
    {
      schema: {
        operationId: 'listNotices',
        summary: 'What was sent, waits to be sent, or was given up; newest first',
        tags: TAGS,
        querystring: noticeListQuerySchema,
        response: answers(200, noticeListSchema),
      },
    },
    async ({ query: { channel, incident, before, limit } }) => {
      const filter = { channelId: channel ?? null, incidentId: incident ?? null, before: before ?? null };
      const found = await deps.store.notices({ ...filter, limit: limit + 1 });
      const page = found.slice(0, limit);
      return {
        notices: page.map(presentNotice),
        next: found.length > limit ? (page.at(-1)?.id ?? null) : null,
      };
    },
  );
}
