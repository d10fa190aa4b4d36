import { groupListSchema, groupSchema, previewSchema } from '@tapekeeper/contract';
import type { Asking } from './qualityClient.ts';
import type { ScheduleApi } from './scheduleApi.ts';

export function scheduleClient({ get, post, put }: Asking): ScheduleApi {
  return {
    preview: (body) => post('/v1/previews', body, previewSchema),
    groups: () => get('/v1/groups', {}, groupListSchema),
    setGroup: (name, body) => put(`/v1/groups/${encodeURIComponent(name)}`, body, groupSchema),
  };
}
