import { isAbsolute, resolve } from 'node:path';
import { isUserName, parseDay, SOURCES } from '@tapekeeper/core';
import { z } from 'zod';

/** One setting: its name in the environment, its flag, its default and what it is for. */
export interface Setting<Schema extends z.ZodType> {
  readonly env: string;
  /** Command-line flag; secrets have none, since a process list shows flags. */
  readonly flag?: string;
  readonly schema: Schema;
  readonly fallback: string;
  readonly about: string;
}

const setting = <Schema extends z.ZodType>(one: Setting<Schema>): Setting<Schema> => one;
const whole = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
/** `name=/absolute/program` parted by commas, as a table of files. */
function readPrograms(text: string, context: z.RefinementCtx): ReadonlyMap<string, string> {
  const programs = new Map<string, string>();
  for (const part of listOf(text)) {
    const [, name, file] = /^([\w.-]{1,64})=(.+)$/.exec(part) ?? [];
    if (name === undefined || file === undefined || !isAbsolute(file) || programs.has(name))
      context.addIssue({
        code: 'custom',
        message: `"${part}": write name=/absolute/program, each name once`,
      });
    else programs.set(name, file);
  }
  return programs;
}

function readFolders(text: string, context: z.RefinementCtx): readonly string[] {
  const folders = listOf(text);
  for (const folder of folders) {
    if (!isAbsolute(folder)) context.addIssue({ code: 'custom', message: `"${folder}" is no absolute path` });
  }
  return folders;
}

function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** A name or address that requests may name, with a port where it is no usual one: `data.example.com:8443`. */
const HOST_NAME = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;

function readHosts(text: string, context: z.RefinementCtx): readonly string[] {
  const hosts = listOf(text.toLowerCase());
  for (const host of hosts) {
    if (!HOST_NAME.test(host))
      context.addIssue({
        code: 'custom',
        message: `"${host}" is no name: write data.example.com or name:8443`,
      });
  }
  return hosts;
}

/** Origins as browsers write them: scheme, name, and a port where it is no usual one. */
function readOrigins(text: string, context: z.RefinementCtx): readonly string[] {
  const origins = listOf(text.toLowerCase());
  for (const origin of origins) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin)
      context.addIssue({
        code: 'custom',
        message: `"${origin}" is no origin: write https://desk.example.com or http://localhost:5173`,
      });
  }
  return origins;
}

function readNetworks(text: string, context: z.RefinementCtx): readonly string[] {
  const networks = listOf(text);
  for (const network of networks) {
    if (!isNetwork(network))
      context.addIssue({
        code: 'custom',
        message: `"${network}" is no address: write 10.0.0.2 or 10.0.0.0/24`,
      });
  }
  return networks;
}

const address = z.union([z.ipv4(), z.ipv6()]);
const network = z.union([address, z.cidrv4(), z.cidrv6()]);

/** An address, or a network of them; not that of all there are, since everybody could forge headers then. */
function isNetwork(text: string): boolean {
  return network.safeParse(text).success && !/\/0+$/.test(text);
}

const yesOrNo = z.enum(['true', 'false']).transform((text) => text === 'true');

const httpUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/$/, ''));

/** Every setting with its name, default and meaning; the reference page is made from this table. */
export const SETTINGS = {
  dataDir: setting({
    env: 'TAPEKEEPER_DATA_DIR',
    flag: 'data-dir',
    schema: z.string().transform((dir) => resolve(dir)),
    fallback: '',
    about:
      'Directory of the database and secrets. Default: the data home of the user, /var/lib/tapekeeper for root.',
  }),
  port: setting({
    env: 'TAPEKEEPER_PORT',
    flag: 'port',
    schema: whole(0, 65_535),
    fallback: '8000',
    about: 'Port of the API and the page. 0 takes a free one.',
  }),
  host: setting({
    env: 'TAPEKEEPER_HOST',
    flag: 'host',
    schema: z
      .string()
      .refine((text) => address.safeParse(text).success, 'write an IP address of this machine'),
    fallback: '127.0.0.1',
    about:
      'Address that the server listens on; 0.0.0.0 or :: is every one of this machine. Beyond 127.0.0.1 and ::1 only once there is an admin.',
  }),
  publicHosts: setting({
    env: 'TAPEKEEPER_PUBLIC_HOSTS',
    schema: z.string().transform(readHosts),
    fallback: '',
    about:
      'Names that requests may name besides those of this machine, as `data.example.com,192.168.1.5`; with a port where browsers show one that is not the own.',
  }),
  corsOrigins: setting({
    env: 'TAPEKEEPER_CORS_ORIGINS',
    schema: z.string().transform(readOrigins),
    fallback: '',
    about:
      'Origins of other pages that may use the API from a browser, as `https://desk.example.com,http://localhost:5173`. Default: none.',
  }),
  documentedLoopback: setting({
    env: 'TAPEKEEPER_DOCUMENTED_LOOPBACK',
    schema: yesOrNo,
    fallback: 'false',
    about:
      'true lets whoever is on this machine use without a token those routes of the documented systems that their documents show without one. Only while no other machine reaches the server.',
  }),
  staticDir: setting({
    env: 'TAPEKEEPER_STATIC_DIR',
    schema: z.string().refine((text) => text === '' || isAbsolute(text), 'write an absolute path'),
    fallback: '',
    about:
      'Folder with the pages of another client, served at `/` with its index.html for every page; our own page is at `/tapekeeper` then. Everybody who reaches the server can read it. Default: none.',
  }),
  trustedProxies: setting({
    env: 'TAPEKEEPER_TRUSTED_PROXIES',
    schema: z.string().transform(readNetworks),
    fallback: '',
    about:
      'Addresses or networks of proxies whose X-Forwarded headers are believed, as `127.0.0.1,10.0.0.0/24`. Requests that came through any other proxy are refused.',
  }),
  insecureHttp: setting({
    env: 'TAPEKEEPER_INSECURE_HTTP',
    schema: yesOrNo,
    fallback: 'false',
    about:
      'true lets browsers of other machines sign in without https, where anybody on the way can read along.',
  }),
  roles: setting({
    env: 'TAPEKEEPER_ROLE',
    flag: 'role',
    schema: z
      .string()
      .transform((text) => (text === 'all' ? ['api', 'scheduler', 'worker'] : [...new Set(listOf(text))]))
      .pipe(z.array(z.enum(['api', 'scheduler', 'worker'])).min(1)),
    fallback: 'all',
    about:
      'What this process is there for: all, or some of api, scheduler and worker, as `scheduler,worker`. Processes that share the work share one DATABASE_URL.',
  }),
  mostRequests: setting({
    env: 'TAPEKEEPER_MOST_REQUESTS',
    schema: whole(1, 10_000),
    fallback: '200',
    about: 'Requests that are answered at a time; those beyond are told to come again.',
  }),
  mostOpenRuns: setting({
    env: 'TAPEKEEPER_MOST_OPEN_RUNS',
    schema: whole(1, 100_000),
    fallback: '50',
    about:
      'Runs that one person may have begun and have open; all people together ten times as many. Schedules are not counted.',
  }),
  openReading: setting({
    env: 'TAPEKEEPER_OPEN_READING',
    schema: z.enum(['until-admin', 'never', 'always']),
    fallback: 'until-admin',
    about:
      'When whoever is on this machine may read without saying who they are: until there is an admin, never, or always.',
  }),
  adminName: setting({
    env: 'TAPEKEEPER_ADMIN_NAME',
    schema: z.string().trim().toLowerCase().refine(isUserName, 'letters, digits and . _ @ -, a letter first'),
    fallback: 'admin',
    about: 'Name of the first admin that `start` makes of TAPEKEEPER_ADMIN_PASSWORD.',
  }),
  adminPassword: setting({
    env: 'TAPEKEEPER_ADMIN_PASSWORD',
    schema: z.string(),
    fallback: '',
    about:
      'Password of the first admin, who is made at start where there is none. Later it changes nothing. Without it, the log shows a set-up code.',
  }),
  sessionHours: setting({
    env: 'TAPEKEEPER_SESSION_HOURS',
    schema: whole(1, 720),
    fallback: '168',
    about: 'Hours after which whoever has logged in on the page has to do so again.',
  }),
  accessTokenMinutes: setting({
    env: 'TAPEKEEPER_ACCESS_TOKEN_MINUTES',
    schema: whole(1, 15),
    fallback: '15',
    about: 'Minutes that an access token (JWT) is good for; the refresh token beside it lasts seven days.',
  }),
  livePerUser: setting({
    env: 'TAPEKEEPER_LIVE_PER_USER',
    schema: whole(1, 10_000),
    fallback: '5',
    about:
      'Live connections that one user may have open. The installation itself may have ten times as many.',
  }),
  liveConnections: setting({
    env: 'TAPEKEEPER_LIVE_CONNECTIONS',
    schema: whole(1, 100_000),
    fallback: '500',
    about: 'Live connections that a process serves at a time.',
  }),
  databaseUrl: setting({
    env: 'DATABASE_URL',
    flag: 'database-url',
    schema: z.string(),
    fallback: '',
    about: 'PostgreSQL 15 or newer to use instead of the embedded one.',
  }),
  tushareToken: setting({
    env: 'TUSHARE_TOKEN',
    schema: z.string(),
    fallback: '',
    about:
      'Token of Tushare Pro; the secret `source:tushare` wins over it. Without either Tushare is left out.',
  }),
  secretKeyFile: setting({
    env: 'TAPEKEEPER_SECRET_KEY_FILE',
    schema: z.string().refine((text) => text === '' || isAbsolute(text), 'write an absolute path'),
    fallback: '',
    about:
      'File of the key that secrets are sealed with, the same on all machines that share a database. Default: `secret-key` in the data directory, made at the first start.',
  }),
  tushareUrl: setting({
    env: 'TAPEKEEPER_TUSHARE_URL',
    flag: 'tushare-url',
    schema: httpUrl,
    fallback: 'http://api.tushare.pro',
    about: 'Base address of Tushare Pro, or of a mirror.',
  }),
  baostockUrl: setting({
    env: 'TAPEKEEPER_BAOSTOCK_URL',
    flag: 'baostock-url',
    schema: z.string().regex(/^tcp:\/\/[^/:\s]+:\d+$/, 'write it as tcp://host:port'),
    fallback: 'tcp://public-api.baostock.com:10030',
    about: 'Address of BaoStock, or of a proxy.',
  }),
  akshareUrl: setting({
    env: 'TAPEKEEPER_AKSHARE_URL',
    flag: 'akshare-url',
    schema: httpUrl.or(z.literal('')),
    fallback: '',
    about:
      'Address that stands in for the public endpoints which AKShare wraps, each under the name of its origin (`/push2his/…`). Default: the endpoints themselves.',
  }),
  sources: setting({
    env: 'TAPEKEEPER_SOURCES',
    flag: 'sources',
    schema: z
      .string()
      .transform((list) => list.split(',').map((name) => name.trim()))
      .pipe(z.array(z.enum(SOURCES)).min(1)),
    fallback: 'tushare,akshare,baostock',
    about: 'Sources in the order of asking.',
  }),
  historyFrom: setting({
    env: 'TAPEKEEPER_HISTORY_FROM',
    flag: 'history-from',
    schema: z
      .string()
      .refine((text) => text === '' || parseDay(text) !== undefined, 'write it as 2024-01-31'),
    fallback: '',
    about: 'First day of a first sync that names none. Default: a year back.',
  }),
  tusharePerMinute: setting({
    env: 'TAPEKEEPER_TUSHARE_PER_MINUTE',
    schema: whole(1, 10_000),
    fallback: '45',
    about:
      'Calls a minute to each interface of Tushare: 45 suits a free token, 190 one of 2000 points, 480 one of 5000.',
  }),
  baostockPerMinute: setting({
    env: 'TAPEKEEPER_BAOSTOCK_PER_MINUTE',
    schema: whole(1, 10_000),
    fallback: '120',
    about: 'Calls a minute to BaoStock, which shuts out what is faster than a person would be for long.',
  }),
  fallbackCalls: setting({
    env: 'TAPEKEEPER_FALLBACK_CALLS',
    schema: whole(0, 1_000_000),
    fallback: '200',
    about: 'Calls that one run may make to further sources for what the first one lacks.',
  }),
  concurrency: setting({
    env: 'TAPEKEEPER_CONCURRENCY',
    schema: whole(1, 32),
    fallback: '3',
    about: 'Shards that one process works on at a time.',
  }),
  heartbeatMs: setting({
    env: 'TAPEKEEPER_HEARTBEAT_MS',
    schema: whole(50, 60_000),
    fallback: '3000',
    about: 'Time between two heartbeats of a worker.',
  }),
  silentMs: setting({
    env: 'TAPEKEEPER_SILENT_MS',
    schema: whole(200, 600_000),
    fallback: '15000',
    about: 'A worker without a heartbeat for this long is dead; its shards go to others.',
  }),
  stopGraceMs: setting({
    env: 'TAPEKEEPER_STOP_GRACE_MS',
    schema: whole(1_000, 600_000),
    fallback: '30000',
    about: 'How long the work of a cancelled run may take to end before it is ended by force.',
  }),
  rescueMs: setting({
    env: 'TAPEKEEPER_RESCUE_MS',
    schema: whole(50, 60_000),
    fallback: '2000',
    about: 'Time between two rescue scans.',
  }),
  minFreeMegabytes: setting({
    env: 'TAPEKEEPER_MIN_FREE_MB',
    schema: whole(0, 1_000_000),
    fallback: '500',
    about: 'Free megabytes below which no new work is begun.',
  }),
  commands: setting({
    env: 'TAPEKEEPER_COMMANDS',
    schema: z.string().transform(readPrograms),
    fallback: '',
    about:
      'Programs that jobs may run, as `name=/absolute/program,name2=/another`. Default: none, and no job can run any.',
  }),
  commandDirs: setting({
    env: 'TAPEKEEPER_COMMAND_DIRS',
    schema: z.string().transform(readFolders),
    fallback: '',
    about: 'Folders below which programs may run besides `work` in the data directory, as `/one,/two`.',
  }),
  notifyPrivateHosts: setting({
    env: 'TAPEKEEPER_NOTIFY_PRIVATE_HOSTS',
    schema: z.string().transform(readHosts),
    fallback: '',
    about:
      'Receivers of notices in your own network, as `chat.lan,10.0.0.5:8080`: these may be private, unencrypted, and on a port of their own. Default: none, and notices go to the public internet over https only.',
  }),
  pageUrl: setting({
    env: 'TAPEKEEPER_PAGE_URL',
    schema: httpUrl.or(z.literal('')),
    fallback: '',
    about: 'Address under which people open the page; links in notices begin with it. Default: no links.',
  }),
  deadmanUrl: setting({
    env: 'TAPEKEEPER_DEADMAN_URL',
    schema: httpUrl.or(z.literal('')),
    fallback: '',
    about:
      'Address of a watchdog that is called each minute while the scheduler turns and the database answers. Default: none.',
  }),
  importMegabytes: setting({
    env: 'TAPEKEEPER_IMPORT_MEGABYTES',
    schema: whole(1, 10_000),
    fallback: '256',
    about:
      'Size of a file that may be brought in, packed or not. What it holds may be sixteen times as large.',
  }),
  importRows: setting({
    env: 'TAPEKEEPER_IMPORT_ROWS',
    schema: whole(1, 100_000_000),
    fallback: '20000000',
    about: 'Lines that a file which is brought in may have.',
  }),
  exportsKept: setting({
    env: 'TAPEKEEPER_EXPORTS_KEPT',
    schema: whole(1, 10_000),
    fallback: '5',
    about: 'Files of a data set and format that export jobs keep; older ones are removed.',
  }),
  backupDir: setting({
    env: 'TAPEKEEPER_BACKUP_DIR',
    schema: z.string().refine((text) => text === '' || isAbsolute(text), 'write an absolute path'),
    fallback: '',
    about:
      'Folder that backup jobs write to, best on another disk. Default: `backups` in the data directory.',
  }),
  backupsKept: setting({
    env: 'TAPEKEEPER_BACKUPS_KEPT',
    schema: whole(1, 10_000),
    fallback: '4',
    about: 'Backups that backup jobs keep; older ones are removed once a new one has been checked.',
  }),
  keepRunsDays: setting({
    env: 'TAPEKEEPER_KEEP_RUNS_DAYS',
    schema: whole(1, 36_500),
    fallback: '400',
    about:
      'Days that runs and fires are kept, and notices and resolved incidents. Collected rows are kept for ever.',
  }),
  keepDetailsDays: setting({
    env: 'TAPEKEEPER_KEEP_DETAILS_DAYS',
    schema: whole(1, 36_500),
    fallback: '90',
    about: 'Days that items, outcomes of symbols, attempts, steps and logs of runs are kept.',
  }),
  keepEventsDays: setting({
    env: 'TAPEKEEPER_KEEP_EVENTS_DAYS',
    schema: whole(1, 36_500),
    fallback: '7',
    about: 'Days that events are kept.',
  }),
  keepQuarantineDays: setting({
    env: 'TAPEKEEPER_KEEP_QUARANTINE_DAYS',
    schema: whole(1, 36_500),
    fallback: '90',
    about: 'Days that quarantined rows are kept after they were settled; held ones stay.',
  }),
  starterJobs: setting({
    env: 'TAPEKEEPER_STARTER_JOBS',
    schema: z.enum(['', 'core', 'disabled', 'none']),
    fallback: '',
    about:
      'Jobs that `start` makes where they have never been: core (all, those that keep the data complete enabled), disabled (all, none enabled) or none. Default: core, in replay mode disabled.',
  }),
  mode: setting({
    env: 'TAPEKEEPER_MODE',
    schema: z.enum(['live', 'replay']),
    fallback: 'live',
    about: 'live asks the real sources; replay a replay upstream, in a database of its own.',
  }),
  replayData: setting({
    env: 'TAPEKEEPER_REPLAY_DATA',
    flag: 'replay-data',
    schema: z.string(),
    fallback: '',
    about: 'Folder that the replay upstream of the demo serves. Default: the bundled sample.',
  }),
  marketDay: setting({
    env: 'TAPEKEEPER_MARKET_DAY',
    schema: z
      .string()
      .refine((text) => text === '' || parseDay(text) !== undefined, 'write it as 2024-01-31'),
    fallback: '',
    about:
      'In replay mode, the day that counts as today for the market. Default: the last day of the replayed data.',
  }),
  logLevel: setting({
    env: 'TAPEKEEPER_LOG_LEVEL',
    flag: 'log-level',
    schema: z.enum(['debug', 'info', 'warn', 'error', 'silent']),
    fallback: 'info',
    about: 'Least level of log lines.',
  }),
} as const;
