import type { Group, GroupList, NewPreviewBody, Preview, SetGroupBody } from '@tapekeeper/contract';

/** What commands ask about when things are due, and how many of them at a time. */
export interface ScheduleApi {
  preview(body: NewPreviewBody): Promise<Preview>;
  groups(): Promise<GroupList>;
  setGroup(name: string, body: SetGroupBody): Promise<Group>;
}
