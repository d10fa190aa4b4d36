import {
  catalogueEntrySchema,
  catalogueSchema,
  dataPageSchema,
  gapsSchema,
  hostListSchema,
  hostViewSchema,
  runItemsSchema,
  settingsSchema,
} from '@tapekeeper/contract';
import type { Asking } from './asking.ts';
import type { CatalogueApi } from './catalogueApi.ts';

export function catalogueClient({ get, post, put }: Asking): CatalogueApi {
  const hostPath = (host: string, rest = ''): string => `/v1/hosts/${encodeURIComponent(host)}${rest}`;
  return {
    datasets: () => get('/v1/datasets', {}, catalogueSchema),
    dataset: (dataset) => get(`/v1/datasets/${encodeURIComponent(dataset)}`, {}, catalogueEntrySchema),
    data: (dataset, { ...query }) => get(`/v1/data/${encodeURIComponent(dataset)}`, query, dataPageSchema),
    gaps: ({ ...query }) => get('/v1/gaps', query, gapsSchema),
    runItems: (id, { ...query }) => get(`/v1/runs/${id}/items`, query, runItemsSchema),
    hosts: () => get('/v1/hosts', {}, hostListSchema),
    host: (host) => get(hostPath(host), {}, hostViewSchema),
    setHostBudgets: (host, body) => put(hostPath(host, '/budgets'), body, hostViewSchema),
    closeBreaker: (host) => post(hostPath(host, '/close-breaker'), {}, hostViewSchema),
    settings: () => get('/v1/settings', {}, settingsSchema),
  };
}
