import type { AlertStore } from '../../ports/alertStore.ts';
import type { Database } from '../connection.ts';
import { countIncidents, incidentPage } from './incidentPages.ts';
import { acknowledgeIncident, incident, incidents, incidentTimeline } from './incidents.ts';
import { alertJobs, failureCounts, failureStreaks } from './jobFacts.ts';
import { lastLook, look } from './look.ts';
import { alertRules, setAlertRules } from './rules.ts';
import { createSilence, endSilence, silence, silences, updateSilence } from './silences.ts';
import {
  failingChannels,
  installedAt,
  longBudgets,
  newestRuns,
  openRunFacts,
  troubledHosts,
  workerSilentMs,
} from './systemFacts.ts';
import { deleteTarget, freshnessDays, saveFreshnessDays, setTarget, targets } from './targets.ts';

export function createAlertStore(db: Database): AlertStore {
  return {
    alertRules: () => alertRules(db),
    setAlertRules: (change) => setAlertRules(db, change),
    lastLook: () => lastLook(db),
    look: (one) => look(db, one),
    incidents: (filter) => incidents(db, filter),
    incident: (id) => incident(db, id),
    incidentPage: (page) => incidentPage(db, page),
    countIncidents: () => countIncidents(db),
    incidentTimeline: (id) => incidentTimeline(db, id),
    acknowledgeIncident: (id, by, note) => acknowledgeIncident(db, id, by, note),
    silences: (past) => silences(db, past),
    silence: (id) => silence(db, id),
    createSilence: (one) => createSilence(db, one),
    updateSilence: (id, change) => updateSilence(db, id, change),
    endSilence: (id, by) => endSilence(db, id, by),
    targets: () => targets(db),
    setTarget: (target) => setTarget(db, target),
    deleteTarget: (dataset) => deleteTarget(db, dataset),
    freshnessDays: (dataset, from, to) => freshnessDays(db, dataset, from, to),
    saveFreshnessDays: (days) => saveFreshnessDays(db, days),
    alertJobs: () => alertJobs(db),
    failureStreaks: (jobs) => failureStreaks(db, jobs),
    failureCounts: (hours) => failureCounts(db, hours),
    openRunFacts: () => openRunFacts(db),
    troubledHosts: () => troubledHosts(db),
    longBudgets: () => longBudgets(db),
    failingChannels: () => failingChannels(db),
    newestRuns: (datasets) => newestRuns(db, datasets),
    workerSilentMs: () => workerSilentMs(db),
    installedAt: () => installedAt(db),
  };
}
