export { type Api, type RunQuery, type SpanQuery } from './api.ts';
export { askServer, createClient, type Ask, type Asked } from './client.ts';
export type { FireQuery, JobQuery, JobsApi, JobStep } from './jobsApi.ts';
export type { ScheduleApi } from './scheduleApi.ts';
export { Refusal } from './refusal.ts';
