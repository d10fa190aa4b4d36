import {
  acknowledgeSchema,
  alertsNowSchema,
  incidentDetailSchema,
  incidentListQuerySchema,
  incidentListSchema,
  incidentParamsSchema,
  ruleListSchema,
  setRulesSchema,
} from '@tapekeeper/contract';
import { isoInstant } from '@tapekeeper/core';
import { changeAlertRules } from '../../../app/alerts/alertRules.ts';
import { acknowledge, alertsNow, incidentDetail, readIncidentStates } from '../../../app/alerts/incidents.ts';
import { answers } from '../../answers.ts';
import { noteOperation } from '../../audit.ts';
import { authorOf } from '../../auth/author.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { NEEDS_TOKEN } from '../../openapi.ts';
import { presentDetail, presentIncident, presentRules, shownIncident, textsOf } from './present.ts';

const TAGS = ['alerts'];

/** What is wrong, who takes it on, and by what rules it is judged. */
export function alertRoutes(app: HttpApp, { deps }: HttpContext): void {
  app.get(
    '/v1/alerts',
    {
      schema: {
        operationId: 'listIncidents',
        summary: 'What is wrong, each cause once, newest first',
        tags: TAGS,
        querystring: incidentListQuerySchema,
        response: answers(200, incidentListSchema),
      },
    },
    async ({ query: { state, before, limit } }) => {
      const found = await deps.store.incidents({
        states: readIncidentStates(state),
        before: before ?? null,
        limit: limit + 1,
      });
      const page = found.slice(0, limit);
      return {
        incidents: page.map(presentIncident),
        next: found.length > limit ? (page.at(-1)?.id ?? null) : null,
      };
    },
  );

  app.get(
    '/v1/alerts/now',
    {
      schema: {
        operationId: 'getAlertsNow',
        summary: 'What the rules object to now, before it is grouped by cause',
        tags: TAGS,
        response: answers(200, alertsNowSchema),
      },
    },
    async () => {
      const { lookedAt, signals } = await alertsNow(deps);
      return {
        lookedAt: lookedAt === null ? null : isoInstant(lookedAt),
        signals: signals.map((signal) => ({
          key: signal.key,
          kind: signal.kind,
          severity: signal.severity,
          cause: signal.cause,
          weight: signal.weight,
          needs: [...signal.needs],
          group: signal.group,
          text: textsOf(signal),
        })),
      };
    },
  );

  app.get(
    '/v1/alerts/rules',
    {
      schema: {
        operationId: 'listAlertRules',
        summary: 'The rules as they hold: those that come with the program, with all changes',
        tags: TAGS,
        response: answers(200, ruleListSchema),
      },
    },
    async () => presentRules(await deps.store.alertRules()),
  );

  app.put(
    '/v1/alerts/rules',
    {
      schema: {
        operationId: 'setAlertRules',
        summary: 'Change rules; what is not named is as the program brings it along',
        tags: TAGS,
        security: NEEDS_TOKEN,
        body: setRulesSchema,
        response: answers(200, ruleListSchema),
      },
    },
    async (request) => {
      const { version, rules, author } = request.body;
      const change = { version, edits: rules, author: authorOf(request, author) };
      const { before, after } = await changeAlertRules(deps, change);
      noteOperation(request, { id: 'rules', before: before.edits, after: after.edits });
      return presentRules(after);
    },
  );

  app.get(
    '/v1/alerts/:id',
    {
      schema: {
        operationId: 'getIncident',
        summary: 'One incident with its timeline, and what was told of it to whom',
        tags: TAGS,
        params: incidentParamsSchema,
        response: answers(200, incidentDetailSchema),
      },
    },
    async ({ params }) => presentDetail(await incidentDetail(deps, params.id)),
  );

  app.post(
    '/v1/alerts/:id/acknowledge',
    {
      schema: {
        operationId: 'acknowledgeIncident',
        summary: 'Take an incident on: there are no more reminders unless it gets worse',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: incidentParamsSchema,
        body: acknowledgeSchema,
        response: answers(200, incidentDetailSchema),
      },
    },
    async (request) => {
      const { params, body } = request;
      const by = authorOf(request, body.author);
      const { before, after } = await acknowledge(deps, params.id, by, body.note);
      noteOperation(request, {
        id: String(after.id),
        before: shownIncident(before),
        after: shownIncident(after),
      });
      return presentDetail(await incidentDetail(deps, params.id));
    },
  );
}
