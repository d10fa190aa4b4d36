import { AppError, isDatasetId, ruleFault, SOURCES, type RuleEdit } from '@tapekeeper/core';
import type { AlertRuleEdits } from '../../ports/alertStore.ts';
import type { AppDeps } from '../deps.ts';

type Deps = Pick<AppDeps, 'store'>;

/**
 * Puts all changes of the rules in the place of those that were there. Raises `bad_rule` for one that says
 * nothing true of its kind, and `rules_changed` where somebody has been faster.
 */
export async function changeAlertRules(
  { store }: Deps,
  change: { readonly version: number; readonly edits: readonly RuleEdit[]; readonly author: string },
): Promise<{ readonly before: AlertRuleEdits; readonly after: AlertRuleEdits }> {
  const problem = change.edits.map(faultOf).find((fault) => fault !== undefined) ?? twice(change.edits);
  if (problem !== undefined) throw new AppError('bad_rule', { problem });
  const before = await store.alertRules();
  const after = await store.setAlertRules(change);
  if (after === undefined)
    throw new AppError('rules_changed', {
      version: change.version,
      current: (await store.alertRules()).version,
    });
  return { before, after };
}

/** A job may be made later; data sets and sources are known. */
function faultOf(edit: RuleEdit): string | undefined {
  const { scope } = edit;
  if (scope.kind === 'dataset' && !isDatasetId(scope.name)) return `there is no data set "${scope.name}"`;
  if (scope.kind === 'source' && !SOURCES.some((source) => source === scope.name))
    return `there is no source "${scope.name}"`;
  return ruleFault(edit);
}

function twice(edits: readonly RuleEdit[]): string | undefined {
  const names = edits.map(({ kind, scope }) => (scope.kind === 'all' ? kind : `${kind} of ${scope.name}`));
  const again = names.find((name, at) => names.indexOf(name) !== at);
  return again === undefined ? undefined : `${again} is changed twice`;
}
