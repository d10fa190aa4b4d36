import type { PlantedBug } from './bug.ts';
import { BUGS_OF_COMMITS } from './ofCommits.ts';
import { BUGS_OF_FIRES } from './ofFires.ts';
import { BUGS_OF_LEASES } from './ofLeases.ts';
import { BUGS_OF_RUNS } from './ofRuns.ts';

/** Every mistake that the simulation has to find. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  ...BUGS_OF_FIRES,
  ...BUGS_OF_LEASES,
  ...BUGS_OF_RUNS,
  ...BUGS_OF_COMMITS,
];
