import type { ObjectKind, Permission } from '@tapekeeper/core';

/**
 * `public` is for anybody, `self` for everybody who is known, `person` for those of them who have shown more than an
 * API token: whoever found one must not make others of it, nor end the sessions of its user. Admins may anyway.
 */
export type Need = Permission | 'public' | 'self' | 'person';

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
  getMetrics: reads('read'),
  getOpenapi: reads('read'),
  getDocs: open(),
  getDocsStyle: open(),
  getDocsScript: open(),
  getPage: open(),
  getPageCss: open(),
  getPageDoor: open(),
  getPageDoorStyle: open(),
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
  listRunItems: reads('read'),
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
  triggerJob: changes('operate', 'job'),
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
  listDatasets: reads('read'),
  getDataset: reads('read'),
  getCoverage: reads('read'),
  listGaps: reads('read'),
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
  listHosts: reads('read'),
  getHost: reads('read'),
  setHostBudgets: changes('operate', 'host'),
  closeBreaker: changes('operate', 'host'),

  // who may come in
  getMe: open(),
  logIn: open(),
  logOut: changes('self', 'session'),
  changePassword: changes('person', 'user'),
  setUp: open(),
  takeTokens: open(),
  refreshTokens: open(),
  revokeTokens: open(),
  listSessions: reads('self'),
  revokeSession: changes('person', 'session'),
  listUsers: reads('admin'),
  getUser: reads('admin'),
  createUser: changes('admin', 'user'),
  updateUser: changes('admin', 'user'),
  setUserPassword: changes('admin', 'user'),
  deleteUser: changes('admin', 'user'),
  listApiTokens: reads('self'),
  createApiToken: changes('person', 'api_token'),
  revokeApiToken: changes('person', 'api_token'),

  // the audit log
  listOperations: reads('operate'),
  getOperation: reads('operate'),
  countOperations: reads('operate'),
  exportOperations: reads('operate'),

  // secrets, channels and notices
  listSecrets: reads('admin'),
  keepSecret: changes('admin', 'secret'),
  removeSecret: changes('admin', 'secret'),
  rotateSecretKey: changes('admin', 'secret'),
  listChannels: reads('operate'),
  getChannel: reads('operate'),
  createChannel: changes('admin', 'channel'),
  updateChannel: changes('admin', 'channel'),
  deleteChannel: changes('admin', 'channel'),
  testChannel: changes('admin', 'channel'),
  listNotices: reads('operate'),

  // what happens
  streamEvents: reads('read'),

  // alerts
  listIncidents: reads('read'),
  getAlertsNow: reads('read'),
  getIncident: reads('read'),
  acknowledgeIncident: changes('operate', 'incident'),
  listAlertRules: reads('read'),
  setAlertRules: changes('admin', 'alert_rule'),
  listSilences: reads('read'),
  getSilence: reads('read'),
  createSilence: changes('operate', 'silence'),
  updateSilence: changes('operate', 'silence'),
  endSilence: changes('operate', 'silence'),
  listTargets: reads('read'),
  setTarget: changes('operate', 'target'),
  clearTarget: changes('operate', 'target'),

  // the installation
  getStatus: reads('read'),
  listSettings: reads('admin'),
  readStatistics: reads('read'),
  getStatistics: reads('read'),
  listJobStatistics: reads('read'),
  getJobStatistics: reads('read'),
  listDatasetStatistics: reads('read'),
  listSourceStatistics: reads('read'),
  listErrorStatistics: reads('read'),
  getWorkerStatistics: reads('read'),
  getDiskForecast: reads('read'),
  previewRetention: reads('read'),
});
