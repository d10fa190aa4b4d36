import {
  channelListSchema,
  channelSchema,
  channelTestSchema,
  keyRotationSchema,
  noticeListSchema,
  secretListSchema,
  secretSchema,
} from '@tapekeeper/contract';
import type { ChannelsApi } from './channelsApi.ts';
import type { Asking } from './qualityClient.ts';

export function channelsClient({ get, post, put, remove }: Asking): ChannelsApi {
  const secretPath = (name: string): string => `/v1/secrets/${encodeURIComponent(name)}`;
  return {
    secrets: () => get('/v1/secrets', {}, secretListSchema),
    keepSecret: (name, body) => put(secretPath(name), body, secretSchema),
    removeSecret: (name) => remove(secretPath(name), {}, secretSchema),
    rotateSecretKey: () => post('/v1/secret-key/rotations', {}, keyRotationSchema),

    channels: () => get('/v1/channels', {}, channelListSchema),
    channel: (id) => get(`/v1/channels/${id}`, {}, channelSchema),
    createChannel: (body) => post('/v1/channels', body, channelSchema),
    updateChannel: (id, body) => put(`/v1/channels/${id}`, body, channelSchema),
    deleteChannel: (id) => remove(`/v1/channels/${id}`, {}, channelSchema),
    testChannel: (id) => post(`/v1/channels/${id}/test`, {}, channelTestSchema),
    notices: ({ ...query }) => get('/v1/notices', query, noticeListSchema),
  };
}
