import {
  acceptedHoleSchema,
  discardedSchema,
  holeListSchema,
  holeReportSchema,
  importReportSchema,
  mismatchListSchema,
  quarantineCountsSchema,
  quarantinedRowSchema,
  quarantineListSchema,
  reconciliationListSchema,
  reconciliationSchema,
  releasedSchema,
  revisionListSchema,
  setListSchema,
  setMembersSchema,
  setReportSchema,
  symbolSetSchema,
} from '@tapekeeper/contract';
import type { Asking } from './asking.ts';
import type { QualityApi } from './qualityApi.ts';

export type { Asking } from './asking.ts';

export function qualityClient({ get, post, put, remove }: Asking): QualityApi {
  const setPath = (name: string): string => `/v1/sets/${encodeURIComponent(name)}`;
  return {
    acceptHole: (body) => post('/v1/accepted-holes', body, holeReportSchema),
    acceptedHoles: ({ ...query }) => get('/v1/accepted-holes', query, holeListSchema),
    revokeHole: (id, author) => remove(`/v1/accepted-holes/${id}`, { author }, acceptedHoleSchema),
    quarantine: ({ ...query }) => get('/v1/quarantine', query, quarantineListSchema),
    quarantineCounts: () => get('/v1/quarantine-counts', {}, quarantineCountsSchema),
    quarantinedRow: (id) => get(`/v1/quarantine/${id}`, {}, quarantinedRowSchema),
    releaseQuarantine: (body) => post('/v1/quarantine-releases', body, releasedSchema),
    discardQuarantine: (body) => post('/v1/quarantine-discards', body, discardedSchema),
    revisions: ({ ...query }) => get('/v1/revisions', query, revisionListSchema),
    beginReconciliation: (body) => post('/v1/reconciliations', body, reconciliationSchema),
    reconciliation: (id) => get(`/v1/reconciliations/${id}`, {}, reconciliationSchema),
    reconciliations: ({ ...query }) => get('/v1/reconciliations', query, reconciliationListSchema),
    mismatches: (id, query) => get(`/v1/reconciliations/${id}/mismatches`, query, mismatchListSchema),

    sets: (query) => get('/v1/sets', query, setListSchema),
    set: (name) => get(setPath(name), {}, symbolSetSchema),
    setMembers: (name, query) => get(`${setPath(name)}/members`, query, setMembersSchema),
    createSet: (body) => post('/v1/sets', body, setReportSchema),
    replaceSet: (name, body) => put(setPath(name), body, setReportSchema),
    changeSet: (name, body) => post(`${setPath(name)}/changes`, body, setReportSchema),
    importSet: (name, body) => post(`${setPath(name)}/imports`, body, importReportSchema),
    deleteSet: (name, { ...query }) => remove(setPath(name), query, symbolSetSchema),
  };
}
