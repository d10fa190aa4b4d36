import {
  AppError,
  groupSignals,
  INCIDENT_STATES,
  type Incident,
  type IncidentState,
  type Instant,
  type Signal,
} from '@tapekeeper/core';
import type { TimelineEntry } from '../../ports/alertStore.ts';
import type { NoticeView } from '../../ports/noticeStore.ts';
import type { AppDeps } from '../deps.ts';

type Deps = Pick<AppDeps, 'store'>;

const MOST_NOTICES = 100;
const LONGEST_NOTE = 500;

export interface IncidentDetail {
  readonly incident: Incident;
  readonly timeline: readonly TimelineEntry[];
  readonly notices: readonly NoticeView[];
}

/** States parted by commas. Raises `bad_request` for what is none. */
export function readIncidentStates(text: string | undefined): readonly IncidentState[] {
  if (text === undefined) return ['open'];
  const words = text.split(',').filter((word) => word !== '');
  const states = INCIDENT_STATES.filter((state) => words.includes(state));
  const unknown = words.find((word) => !INCIDENT_STATES.some((state) => state === word));
  if (unknown !== undefined || states.length === 0) {
    const problem = `"${unknown ?? ''}" is no state; there are ${INCIDENT_STATES.join(', ')}.`;
    throw new AppError('bad_request', { problem });
  }
  return states;
}

/** Raises `unknown_incident`. */
export async function incidentDetail({ store }: Deps, id: number): Promise<IncidentDetail> {
  const incident = await store.incident(id);
  if (incident === undefined) throw new AppError('unknown_incident', { id });
  const [timeline, notices] = await Promise.all([
    store.incidentTimeline(id),
    store.notices({ channelId: null, incidentId: id, before: null, limit: MOST_NOTICES }),
  ]);
  return { incident, timeline, notices };
}

/** Somebody has taken it on: no more reminders come. Raises `unknown_incident`, `incident_over`. */
export async function acknowledge(
  { store }: Deps,
  id: number,
  by: string,
  note: string | undefined,
): Promise<{ readonly before: Incident; readonly after: Incident }> {
  const before = await store.incident(id);
  if (before === undefined || before.state === 'forming') throw new AppError('unknown_incident', { id });
  const text = note?.replaceAll('\0', '').trim().slice(0, LONGEST_NOTE) ?? '';
  const after = await store.acknowledgeIncident(id, by, text === '' ? null : text);
  if (after === undefined) throw new AppError('incident_over', { id });
  return { before, after };
}

/** A signal with the cause that explains it. */
export interface ExplainedSignal extends Signal {
  readonly group: string;
}

/** What the rules objected to at the last look, before it was made into incidents. */
export async function alertsNow({ store }: Deps): Promise<{
  readonly lookedAt: Instant | null;
  readonly signals: readonly ExplainedSignal[];
}> {
  const { at, signals } = await store.lastLook();
  const groups = groupSignals(signals);
  const groupOf = new Map(
    groups.flatMap(({ cause, members }) => members.map(({ key }) => [key, cause] as const)),
  );
  return {
    lookedAt: at,
    signals: signals.map((signal) => ({ ...signal, group: groupOf.get(signal.key) ?? signal.cause })),
  };
}
