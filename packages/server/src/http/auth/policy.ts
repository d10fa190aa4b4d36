import type { ObjectKind, Permission } from '@tapekeeper/core';

/** `public` is for anybody, `self` for everybody who is known. */
export type Need = Permission | 'public' | 'self';

/** What a route needs of who asks, and what it changes. */
export interface Policy {
  readonly need: Need;
  /** Kind of what it changes; null where nothing is changed, and then no line of the audit log is left. */
  readonly changes: ObjectKind | null;
}

const open = (): Policy => ({ need: 'public', changes: null });
const reads = (need: Need): Policy => ({ need, changes: null });
const changes = (need: Need, kind: ObjectKind): Policy => ({ need, changes: kind });

/**
 * Who may do what: every route by its operation id. A route without an entry keeps the server from being
 * made, and a test walks the table with every kind of identity.
 */
export const POLICY: Readonly<Record<string, Policy>> = Object.freeze({
  // health, the document, the page
  alive: open(),
  ready: open(),
  getOpenapi: reads('read'),
  getPage: open(),
  getPageCss: open(),
  getPageScript: open(),
  getPageDatasets: open(),
  getPageDraw: open(),
  getPageFigures: open(),
  getPageRuns: open(),
  getPageWords: open(),
  getPageIcon: open(),

  // runs
  createRun: changes('operate', 'run'),
  dryRun: reads('operate'),
  listRuns: reads('read'),
  getRun: reads('read'),
  listRunSymbols: reads('read'),
  listRunSteps: reads('read'),
  listRunAttempts: reads('read'),
  readRunLog: reads('read'),
  explainRun: reads('read'),
  cancelRun: changes('operate', 'run'),
  failRun: changes('operate', 'run'),
  pauseRun: changes('operate', 'run'),
  resumeRun: changes('operate', 'run'),
  retryRun: changes('operate', 'run'),
  deleteRun: changes('admin', 'run'),

  // jobs
  listJobs: reads('read'),
  getJob: reads('read'),
  createJob: changes('operate', 'job'),
  updateJob: changes('operate', 'job'),
  deleteJob: changes('operate', 'job'),
  copyJob: changes('operate', 'job'),
  enableJob: changes('operate', 'job'),
  disableJob: changes('operate', 'job'),
  pauseJob: changes('operate', 'job'),
  resumeJob: changes('operate', 'job'),
  triggerJob: changes('operate', 'run'),
  listStarters: reads('read'),
  installStarters: changes('operate', 'job'),
  listFires: reads('read'),
  listJobFires: reads('read'),
  listJobVersions: reads('read'),
  listJobChanges: reads('read'),
  listJobMoments: reads('read'),
  explainJob: reads('read'),
  previewSchedule: reads('read'),
  listGroups: reads('read'),
  setGroup: changes('operate', 'group'),

  // data and what is known of them
  readData: reads('data'),
  callTushareRoot: open(),
  callTushare: open(),
  callTushareApi: open(),
  getCoverage: reads('read'),
  explainCell: reads('read'),
  acceptHole: changes('operate', 'hole'),
  listAcceptedHoles: reads('read'),
  getAcceptedHole: reads('read'),
  revokeAcceptedHole: changes('operate', 'hole'),
  listQuarantine: reads('read'),
  countQuarantine: reads('read'),
  getQuarantinedRow: reads('read'),
  releaseQuarantine: changes('operate', 'quarantine'),
  discardQuarantine: changes('operate', 'quarantine'),
  listRevisions: reads('read'),
  createReconciliation: changes('operate', 'reconciliation'),
  listReconciliations: reads('read'),
  getReconciliation: reads('read'),
  listMismatches: reads('read'),
  listSymbolSets: reads('read'),
  getSymbolSet: reads('read'),
  listSymbolSetMembers: reads('read'),
  createSymbolSet: changes('operate', 'symbol_set'),
  replaceSymbolSet: changes('operate', 'symbol_set'),
  changeSymbolSet: changes('operate', 'symbol_set'),
  importSymbolSet: changes('operate', 'symbol_set'),
  deleteSymbolSet: changes('operate', 'symbol_set'),

  // sources
  listSources: reads('read'),
  testSource: reads('operate'),
  recommendSources: reads('read'),
  listPriorities: reads('read'),
  setPriority: changes('operate', 'priority'),
  clearPriority: changes('operate', 'priority'),
  forgetLearned: changes('operate', 'host'),

  // the installation
  getStatus: reads('read'),
  readStatistics: reads('read'),
  previewRetention: reads('read'),
});
