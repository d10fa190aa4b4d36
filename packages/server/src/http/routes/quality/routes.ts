import type { HttpApp, HttpContext } from '../../context.ts';
import { holeRoutes } from './holes.ts';
import { quarantineRoutes } from './quarantine.ts';
import { reconciliationRoutes } from './reconciliations.ts';
import { revisionRoutes } from './revisions.ts';

/** What people do about quality: accepted holes, quarantine, corrections, comparisons. */
export function qualityRoutes(app: HttpApp, context: HttpContext): void {
  holeRoutes(app, context);
  quarantineRoutes(app, context);
  revisionRoutes(app, context);
  reconciliationRoutes(app, context);
}
