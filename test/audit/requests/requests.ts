import type { MakeRequest } from './goodRequest.ts';
import { ALERT_REQUESTS } from './ofAlerts.ts';
import { DATA_REQUESTS } from './ofData.ts';
import { FILE_REQUESTS } from './ofFiles.ts';
import { NOTIFICATION_REQUESTS } from './ofNotifications.ts';
import { PEOPLE_REQUESTS } from './ofPeople.ts';
import { SCHEDULER_MONITORING_REQUESTS } from './ofSchedulerMonitoring.ts';
import { STATUS_MODEL_REQUESTS } from './ofStatusModel.ts';
import { SYNC_STATUS_REQUESTS } from './ofSyncStatus.ts';
import { TASK_REQUESTS } from './ofTasks.ts';
import { WORK_REQUESTS } from './ofWork.ts';
import { ZQUANT_REQUESTS } from './ofZquant.ts';

/** A request that goes well for every route that changes something, by its operation. */
export const REQUESTS: Readonly<Record<string, MakeRequest>> = {
  ...WORK_REQUESTS,
  ...DATA_REQUESTS,
  ...PEOPLE_REQUESTS,
  ...ALERT_REQUESTS,
  ...TASK_REQUESTS,
  ...FILE_REQUESTS,
  ...ZQUANT_REQUESTS,
  ...SYNC_STATUS_REQUESTS,
  ...STATUS_MODEL_REQUESTS,
  ...SCHEDULER_MONITORING_REQUESTS,
  ...NOTIFICATION_REQUESTS,
};
