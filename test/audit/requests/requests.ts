import type { MakeRequest } from './goodRequest.ts';
import { ALERT_REQUESTS } from './ofAlerts.ts';
import { DATA_REQUESTS } from './ofData.ts';
import { PEOPLE_REQUESTS } from './ofPeople.ts';
import { WORK_REQUESTS } from './ofWork.ts';

/** A request that goes well for every route that changes something, by its operation. */
export const REQUESTS: Readonly<Record<string, MakeRequest>> = {
  ...WORK_REQUESTS,
  ...DATA_REQUESTS,
  ...PEOPLE_REQUESTS,
  ...ALERT_REQUESTS,
};
