import { alertRulesPage } from './alertRulesPage.ts';
import { datasetsPage } from './datasetsPage.ts';
import { errorsPage } from './errorsPage.ts';
import { exceptionsPage } from './exceptionsPage.ts';
import { jobsPage } from './jobsPage.ts';
import { scenariosPage } from './scenariosPage.ts';
import { settingsPage } from './settingsPage.ts';
import { statesPage } from './statesPage.ts';

/** Every page that is made of the program itself, by its path in the repository. */
export const PAGES: Readonly<Record<string, () => string>> = {
  'docs/states.md': statesPage,
  'docs/reference/errors.md': errorsPage,
  'docs/reference/exceptions.md': exceptionsPage,
  'docs/reference/settings.md': settingsPage,
  'docs/reference/datasets.md': datasetsPage,
  'docs/reference/jobs.md': jobsPage,
  'docs/reference/alert-rules.md': alertRulesPage,
  'docs/scenarios.md': scenariosPage,
};
