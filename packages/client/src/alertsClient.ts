import {
  alertsNowSchema,
  incidentDetailSchema,
  incidentListSchema,
  ruleListSchema,
  silenceListSchema,
  silenceSchema,
  targetListSchema,
  targetSchema,
} from '@tapekeeper/contract';
import type { AlertsApi } from './alertsApi.ts';
import type { Asking } from './qualityClient.ts';

export function alertsClient({ get, post, put, remove }: Asking): AlertsApi {
  const targetPath = (dataset: string): string => `/v1/targets/${encodeURIComponent(dataset)}`;
  return {
    incidents: ({ ...query }) => get('/v1/alerts', query, incidentListSchema),
    incident: (id) => get(`/v1/alerts/${id}`, {}, incidentDetailSchema),
    acknowledgeIncident: (id, body) => post(`/v1/alerts/${id}/acknowledge`, body, incidentDetailSchema),
    alertsNow: () => get('/v1/alerts/now', {}, alertsNowSchema),
    alertRules: () => get('/v1/alerts/rules', {}, ruleListSchema),
    setAlertRules: (body) => put('/v1/alerts/rules', body, ruleListSchema),
    silences: ({ past }) =>
      get('/v1/silences', { past: past === undefined ? undefined : String(past) }, silenceListSchema),
    createSilence: (body) => post('/v1/silences', body, silenceSchema),
    endSilence: (id) => remove(`/v1/silences/${id}`, {}, silenceSchema),
    targets: ({ ...query }) => get('/v1/targets', query, targetListSchema),
    setTarget: (dataset, body) => put(targetPath(dataset), body, targetSchema),
    clearTarget: (dataset) => remove(targetPath(dataset), {}, targetSchema),
  };
}
