import {
  advanceIncidents,
  evaluateRules,
  groupSignals,
  INCIDENT_TIMING,
  type IncidentTiming,
} from '@tapekeeper/core';
import type { DatasetReader } from './datasetReader.ts';
import { gatherFacts, type FactDeps } from './gatherFacts.ts';

/**
 * One look: reads the facts, judges them, and writes what has become of the incidents. False where another
 * evaluator was at it or has looked later; then nothing is written.
 */
export async function lookAtAlerts(
  deps: FactDeps,
  read: DatasetReader,
  timing: IncidentTiming = INCIDENT_TIMING,
): Promise<boolean> {
  const { rules, facts } = await gatherFacts(deps, read);
  const signals = evaluateRules(rules, facts);
  const groups = groupSignals(signals);
  return deps.store.look({
    at: facts.now,
    signals,
    absenceMs: timing.absenceMs,
    flapMs: timing.flapMs,
    decide: (state) => advanceIncidents({ ...state, now: facts.now, groups, timing }),
  });
}
