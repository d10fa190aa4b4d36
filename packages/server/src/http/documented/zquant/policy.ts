import { changes, open, reads, type Policy } from '../../auth/policies.ts';

const administers = (kind: 'job' | 'run'): Policy => changes('admin', kind);
const operates = changes('operate', 'job');

/** Who may use the routes of the platform: what it keeps to its admins is for admins, what it forgot is for operators. */
export const ZQUANT_POLICY: Readonly<Record<string, Policy>> = {
  zquantCreateTask: administers('job'),
  ...both('zquantListTasks', reads('read')),
  ...both('zquantGetTask', reads('read')),
  ...both('zquantUpdateTask', administers('job')),
  ...both('zquantDeleteTask', administers('job')),
  ...both('zquantEnableTask', operates),
  ...both('zquantDisableTask', operates),
  ...both('zquantPauseTask', operates),
  ...both('zquantResumeTask', operates),
  ...both('zquantTriggerTask', operates),
  ...both('zquantListExecutions', reads('read')),
  ...both('zquantGetExecution', reads('read')),
  zquantPauseExecution: administers('run'),
  zquantResumeExecution: administers('run'),
  zquantTerminateExecution: administers('run'),
  ...both('zquantGetStatistics', reads('read')),
  ...both('zquantListWorkflowTasks', reads('read')),
  ...both('zquantValidateWorkflow', reads('read')),

  zquantLogIn: open(),
  zquantRefresh: open(),
  zquantLogOut: changes('self', 'session'),
  zquantGetMe: reads('self'),
  zquantGetMeAlias: reads('self'),

  zquantListDataLogs: reads('read'),
  zquantListTableStatistics: reads('read'),
  zquantTakeStatistics: changes('operate', 'run'),
  zquantSyncData: changes('operate', 'run'),

  zquantGetSyncStatus: reads('read'),
  zquantGetTaskStats: reads('read'),
  zquantGetLatestData: reads('read'),
  zquantGetLocalDataStats: reads('read'),
};

/** The route of each generation. */
function both(operation: string, policy: Policy): Record<string, Policy> {
  return { [operation]: policy, [`${operation}Alias`]: policy };
}
