import { runDispatch } from '../../packages/server/src/app/runDispatch.ts';
import { createSingleConnections } from '../../packages/server/src/app/singleConnections.ts';
import type { AppDeps } from '../../packages/server/src/app/deps.ts';
import { systemClock } from '../../packages/server/src/clock.ts';
import { connect } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { quietLog } from '../support/quietLog.ts';
import { addWorker, takeDispatch } from '../support/queue.ts';
import { toolsWithPrograms } from './programs.ts';

// A worker that works on one dispatch of the database given first, with the folder given second; it is
// there to be killed. Programs that it has begun are then watched by nobody.
const [url = '', folder = ''] = process.argv.slice(2);
const db = await connect({ url, max: 3, applicationName: 'tests', statementTimeoutMs: 20_000 });
const store = createStore(db);
const deps = {
  store,
  sources: new Map(),
  clock: systemClock,
  marketNow: () => 0,
  freeMegabytes: async () => undefined,
  tasks: toolsWithPrograms(folder),
  log: quietLog,
} as Partial<AppDeps> as AppDeps;
const id = await addWorker(store);
const connections = createSingleConnections(deps, () => id);
const dispatch = await takeDispatch(db);
if (dispatch !== undefined)
  await runDispatch(deps, { id, connections }, dispatch, new AbortController().signal);
await db.close();
