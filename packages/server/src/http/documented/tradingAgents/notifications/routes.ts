import { isAppError } from '@tapekeeper/core';
import { z } from 'zod';
import { acknowledge } from '../../../../app/alerts/incidents.ts';
import { noteOperation } from '../../../audit.ts';
import { authorOf } from '../../../auth/author.ts';
import type { HttpApp, HttpContext } from '../../../context.ts';
import { NEEDS_TOKEN } from '../../../openapi.ts';
import { shownIncident } from '../../../routes/alerts/present.ts';
import { text, whole } from '../../fields.ts';
import { DocumentedRefusal, inWords } from '../../refusal.ts';
import { documentedAnswers } from '../../system.ts';
import { ok, okSchema } from '../envelope.ts';
import { ofIncident, readNotificationId } from '../push/notification.ts';

const notificationSchema = z
  .strictObject({
    id: z.string(),
    title: z.string(),
    content: z.string(),
    type: z.enum(['analysis', 'alert', 'system']),
    link: z.string(),
    source: z.string(),
    created_at: z.string(),
    status: z.enum(['unread', 'read']),
  })
  .meta({ id: 'TradingAgentsNotification' });
const pageSchema = z.strictObject({
  items: z.array(notificationSchema),
  total: z.int(),
  page: z.int(),
  page_size: z.int(),
});
/** Their server takes any word for a status or a type, and lets those that it does not know mean all. */
const listQuerySchema = z.object({
  status: text(40).optional(),
  type: text(40).optional(),
  page: whole(1, 1_000_000).default(1),
  page_size: whole(1, 100).default(20),
});
const paramsSchema = z.object({ id: text(64) });
const emptySchema = z.strictObject({});

const UNKNOWN = [404, 'Notification not found'] as const;
/** More are not open at a time. */
const MOST_OPEN = 1_000;

/** The bell: incidents, which count as read once somebody has taken them on. */
export function notificationRoutes(app: HttpApp, { deps }: HttpContext, tag: string): void {
  const { store } = deps;
  const tags = [tag];

  app.get(
    '/api/notifications',
    {
      schema: {
        operationId: 'tradingAgentsListNotifications',
        summary: 'Incidents as notifications, newest first',
        tags,
        querystring: listQuerySchema,
        response: documentedAnswers(200, okSchema(pageSchema)),
      },
    },
    async ({ query: { status, type, page, page_size: limit } }) => {
      const read = status === 'read' ? true : status === 'unread' ? false : null;
      const isOfOthers = type === 'analysis' || type === 'system';
      const counts = isOfOthers ? { read: 0, unread: 0 } : await store.countIncidents();
      const total = (read === false ? 0 : counts.read) + (read === true ? 0 : counts.unread);
      const offset = (page - 1) * limit;
      const found = offset < total ? await store.incidentPage({ read, offset, limit }) : [];
      return ok(await store.now(), { items: found.map(ofIncident), total, page, page_size: limit });
    },
  );

  app.get(
    '/api/notifications/unread_count',
    {
      schema: {
        operationId: 'tradingAgentsCountNotifications',
        summary: 'How many incidents nobody has taken on',
        tags,
        response: documentedAnswers(200, okSchema(z.strictObject({ count: z.int() }))),
      },
    },
    async () => ok(await store.now(), { count: (await store.countIncidents()).unread }),
  );

  app.post(
    '/api/notifications/:id/read',
    {
      schema: {
        operationId: 'tradingAgentsReadNotification',
        summary:
          'Take an incident on, as /v1/alerts/{id}/acknowledge does; of a run there is nothing to mark',
        tags,
        security: NEEDS_TOKEN,
        params: paramsSchema,
        response: documentedAnswers(200, okSchema(emptySchema)),
      },
    },
    async (request) => {
      const named = readNotificationId(request.params.id);
      if (named === undefined) throw new DocumentedRefusal('unknown_incident', ...UNKNOWN);
      const { kind, id } = named;
      if (kind === 'incident') {
        const done = await inWords({ unknown_incident: UNKNOWN }, () => takeOn(deps, id, authorOf(request)));
        noteOperation(request, { id: String(id), ...done });
      } else if ((await store.run(id)) === undefined) {
        throw new DocumentedRefusal('unknown_run', ...UNKNOWN);
      }
      return ok(await store.now(), {});
    },
  );

  app.post(
    '/api/notifications/read_all',
    {
      schema: {
        operationId: 'tradingAgentsReadAllNotifications',
        summary: 'Take all incidents on',
        tags,
        security: NEEDS_TOKEN,
        response: documentedAnswers(200, okSchema(z.strictObject({ updated: z.int() }))),
      },
    },
    async (request) => {
      const by = authorOf(request);
      const found = await store.incidentPage({ read: false, offset: 0, limit: MOST_OPEN });
      const ids: number[] = [];
      for (const { id } of found) if ((await takeOn(deps, id, by)) !== undefined) ids.push(id);
      noteOperation(request, { id: 'all', after: { acknowledged: ids } });
      return ok(await store.now(), { updated: ids.length });
    },
  );
}

/** What an incident was and has become; undefined where nothing was left to take on. Raises `unknown_incident`. */
async function takeOn(
  deps: HttpContext['deps'],
  id: number,
  by: string,
): Promise<{ readonly before: object; readonly after: object } | undefined> {
  const incident = await deps.store.incident(id);
  if (incident !== undefined && incident.acknowledged !== null) return undefined;
  try {
    const { before, after } = await acknowledge(deps, id, by, undefined);
    return { before: shownIncident(before), after: shownIncident(after) };
  } catch (error) {
    if (isAppError(error, 'incident_over')) return undefined;
    throw error;
  }
}
