import { databaseFacts } from '@tapekeeper/server/upkeep/databaseFacts';
import { hasDatabase, runningDatabaseUrls } from '@tapekeeper/server/upkeep/databaseUrls';
import {
  exposedFiles,
  isExposed,
  lacksName,
  operatingFacts,
  type OperatingFacts,
} from '@tapekeeper/server/upkeep/operatingFacts';
import type { Context } from '../context.ts';
import { ok, warn, type Check } from './check.ts';

const DAY_MS = 86_400_000;
/** The weekly backup, and a day to be late. */
const BACKUP_DAYS = 8;
/** Machines that keep their time by the network are some milliseconds apart. */
const SKEW_MS = 2_000;
const DISK_DAYS = 30;

/** How the installation is run: who reaches it, who can open it, and what would be left after a loss. */
export async function checkOperating(context: Context): Promise<readonly Check[]> {
  const facts = await factsOf(context);
  return [
    checkListening(context, facts),
    await checkFiles(context),
    ...(facts === undefined ? [] : [checkBackup(context, facts), checkClock(context, facts)]),
    ...(facts?.diskDays == null ? [] : [checkForecast(context, facts.diskDays)]),
  ];
}

/** Undefined where there is no running database of this program's schema: the other checks say why. */
async function factsOf({ config }: Context): Promise<OperatingFacts | undefined> {
  try {
    if (!(await hasDatabase(config))) return undefined;
    const url = (await runningDatabaseUrls(config))?.runtime;
    if (url === undefined || (await databaseFacts(url)).schema.pending.length > 0) return undefined;
    return await operatingFacts(url, config);
  } catch {
    return undefined;
  }
}

function checkListening({ config, say }: Context, facts: OperatingFacts | undefined): Check {
  const { host, publicHosts, insecureHttp } = config;
  if (!isExposed(config)) return ok('listening', say('doctor.listensHere', { host }));
  const names = publicHosts.join(', ');
  if (lacksName(config)) return warn('listening', say('doctor.noName', { host }));
  if (facts?.hasAdmin === false) return warn('listening', say('doctor.noAdmin', { host }));
  if (insecureHttp) return warn('listening', say('doctor.insecure', { host }));
  return ok('listening', say('doctor.listensBeyond', { host, names: names === '' ? host : names }));
}

async function checkFiles({ config, say }: Context): Promise<Check> {
  const exposed = await exposedFiles(config);
  if (exposed.length === 0) return ok('files', say('doctor.filesClosed'));
  return warn('files', say('doctor.filesOpen', { files: exposed.join(' ') }));
}

function checkBackup({ say }: Context, { lastBackupMs }: OperatingFacts): Check {
  if (lastBackupMs === null) return warn('backup', say('doctor.noBackup'));
  const days = Math.floor(lastBackupMs / DAY_MS);
  const text = say('doctor.backup', { days });
  return days >= BACKUP_DAYS ? warn('backup', `${text} ${say('doctor.backupOld')}`) : ok('backup', text);
}

function checkClock({ say }: Context, { clockAheadMs }: OperatingFacts): Check {
  const seconds = (Math.abs(clockAheadMs) / 1000).toFixed(1);
  if (Math.abs(clockAheadMs) <= SKEW_MS) return ok('clock', say('doctor.clock', { seconds }));
  return warn('clock', say(clockAheadMs > 0 ? 'doctor.clockAhead' : 'doctor.clockBehind', { seconds }));
}

function checkForecast({ say }: Context, days: number): Check {
  const text = say('doctor.diskDays', { days: Math.floor(days) });
  return days < DISK_DAYS ? warn('growth', text) : ok('growth', text);
}
