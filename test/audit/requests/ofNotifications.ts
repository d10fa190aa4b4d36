import { ALERT_REQUESTS } from './ofAlerts.ts';
import type { MakeRequest, World } from './goodRequest.ts';

/** An open incident that nobody has taken on; the number is in the address of its acknowledgement. */
async function openIncident(world: World): Promise<string> {
  const made = await ALERT_REQUESTS['acknowledgeIncident']?.(world);
  return made?.object ?? '';
}

/** Requests about incidents as the bell of the trading agents makes them. */
export const NOTIFICATION_REQUESTS: Readonly<Record<string, MakeRequest>> = {
  tradingAgentsReadNotification: async (world) => {
    const id = await openIncident(world);
    return { url: `/api/notifications/incident_${id}/read`, object: id };
  },
  tradingAgentsReadAllNotifications: async (world) => {
    await openIncident(world);
    return { url: '/api/notifications/read_all', object: 'all' };
  },
};
