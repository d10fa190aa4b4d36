import { installStarters } from '../app/jobs/installStarters.ts';
import type { Installation } from '../main.ts';

/**
 * Makes the jobs that the program brings along and that this installation has never had, as the settings
 * wish: what people have changed or deleted stays so.
 */
export async function makeStarterJobs({
  config,
  deps,
}: Pick<Installation, 'config' | 'deps'>): Promise<void> {
  const { starterJobs } = config;
  if (starterJobs === 'none') return;
  const enable = starterJobs === 'core' ? 'core' : 'none';
  const installed = await installStarters(deps, { enable, which: 'new' });
  if (installed.length > 0) deps.log.info({ jobs: installed.length, enable }, 'starter jobs made');
}
