import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { EXIT, RULE_KIND_NAMES } from '@tapekeeper/core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createFrame } from '../../packages/cli/src/command.ts';
import { main } from '../../packages/cli/src/main.ts';
import { programFor } from '../../packages/cli/src/program.ts';
import { sayIn } from '../../packages/cli/src/texts.ts';
import type { Policy } from '../../packages/server/src/http/auth/policies.ts';
import { createHttpStand, TOKEN, type HttpStand } from '../http/httpStand.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { ASKING, OF_THE_FILES, OF_THE_SOCKET } from './cliCommands.ts';
import { startRelay, type AskedOperation, type Relay } from './cliRelay.ts';
import { documentedRoutes } from './documented.ts';
import { createUser, makeIdentities, makeSession, makeToken, type TestIdentity } from './identities.ts';
import { onlyAtTheDoor } from './onlyAtTheDoor.ts';

type Command = Awaited<ReturnType<typeof programFor>>;

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** Who asks, beside the installation itself and a token that has expired: whoever has a token at all. */
const WHO = ['a admin', 'a operator', 'a viewer', 'a revoked token'];
const TYPED = 'seven grey owls at noon\n';

let folder: string;
let database: TestDatabase;
let stand: HttpStand;
let door: HttpStand;
let relay: Relay;
let identities: readonly TestIdentity[];
/** What stands in the lines for numbers and files that are known only here. */
let places: Readonly<Record<string, string>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tapekeeper-cli-'));
  database = await createDatabase('cli_authorisation');
  stand = await createHttpStand(database.db, { stays: true });
  door = await createHttpStand(database.db, {
    stays: true,
    deps: (deps) => ({ ...deps, store: onlyAtTheDoor(deps.store) }),
  });
  const all = await makeIdentities(stand.deps);
  identities = [...all.filter(({ name }) => WHO.includes(name)), await expired()];
  relay = await startRelay({
    routes: await documentedRoutes(stand),
    whole: stand.app,
    door: door.app,
    work: () => stand.work(),
  });
  const { store } = stand.deps;
  const sam = await createUser(stand.deps, 'sam', 'viewer');
  await makeSession(stand.deps, sam, 3_600_000);
  await makeToken(stand.deps, sam);
  const [session] = await store.sessions({ userId: sam.id, before: null, limit: 1 });
  const [token] = await store.apiTokens({ userId: sam.id, before: null, limit: 1 });
  places = {
    FILE: join(folder, 'job.json'),
    SYMBOLS: join(folder, 'symbols.txt'),
    CSV: join(folder, 'bars.csv'),
    RULE: RULE_KIND_NAMES[0] ?? '',
    SESSION: String(session?.id),
    TOKEN: String(token?.id),
  };
  const definition = { type: 'sync', name: 'bars', params: { dataset: 'daily_bars' } };
  await writeFile(join(folder, 'job.json'), JSON.stringify({ definition }));
  await writeFile(join(folder, 'bars.csv'), 'symbol,trade_date,close\n600001.SH,2024-01-04,10.5\n');
  await writeFile(join(folder, 'symbols.txt'), '600003.SH\n');
  vi.stubEnv('TAPEKEEPER_SERVER', relay.url);
  vi.stubEnv('TAPEKEEPER_DATA_DIR', join(folder, 'data'));
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await relay.close();
  await stand.app.close();
  await door.app.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

/** An admin whose token was good until a moment ago. */
async function expired(): Promise<TestIdentity> {
  const { store, proofs } = stand.deps;
  const { id: userId } = await createUser(stand.deps, 'eve', 'admin');
  const token = `tk_${proofs.newSecret()}`;
  const digest = proofs.digest(token);
  await store.createApiToken({ userId, name: 'old', prefix: 'tk_', digest, scopes: null, lifeMs: -1000 });
  const headers = { authorization: `Bearer ${token}` };
  return { name: 'an expired token', headers, permissions: [], isKnown: false, proof: 'nobody', actor: null };
}

/** Names of all commands that do something: `jobs pause`. */
async function commandNames(): Promise<readonly string[]> {
  const program = await programFor(
    [],
    createFrame(sayIn('en'), 'en', () => {}),
  );
  // commander has no other way to tell a command from a mere folder of them
  const works = (command: Command): boolean => Reflect.get(command, '_actionHandler') !== null;
  const namesOf = (command: Command, path: readonly string[]): readonly string[] => [
    ...(works(command) ? [path.join(' ')] : []),
    ...command.commands.flatMap((child) => namesOf(child, [...path, child.name()])),
  ];
  return program.commands.flatMap((command) => namesOf(command, [command.name()]));
}

interface Ended {
  readonly exit: number;
  readonly asked: readonly AskedOperation[];
}

async function run(line: string, token: string): Promise<Ended> {
  vi.stubEnv('TAPEKEEPER_TOKEN', token);
  vi.spyOn(process, 'stdin', 'get').mockReturnValue(
    Readable.from([TYPED]) as unknown as typeof process.stdin,
  );
  const exit = await main(line.split(' ').map((word) => places[word] ?? word));
  return { exit, asked: relay.asked() };
}

function tokenOf({ headers }: TestIdentity): string {
  return (headers['authorization'] ?? '').replace('Bearer ', '');
}

it('has a line for each command, or says why not', async () => {
  const lines = [...ASKING, ...OF_THE_FILES, ...OF_THE_SOCKET];
  const names = await commandNames();
  const nameOf = (line: string): string | undefined =>
    names
      .filter((name) => line === name || line.startsWith(`${name} `))
      .toSorted((a, b) => b.length - a.length)[0];
  expect(lines.filter((line) => nameOf(line) === undefined)).toEqual([]);
  expect([...new Set(lines.map((line) => nameOf(line) ?? ''))].toSorted()).toEqual(names.toSorted());
});

/**
 * By the table of policies, and by another way than the program finds out. Whose the token or session with a number
 * is, is asked behind the door: test/access/apiTokens.test.ts and login.test.ts.
 */
function isLetIn({ isKnown, permissions }: TestIdentity, { need }: Policy, line: string): boolean {
  if (need === 'public') return true;
  if (need === 'self') return line.includes(' --user ') ? permissions.includes('admin') : isKnown;
  // the program asks with a token, which makes others only where it may everything
  if (need === 'person') return permissions.includes('admin');
  return permissions.includes(need);
}

/** How a command ends for somebody, and what of all that it asks he is refused; some ask no further then. */
function expectedOf(identity: TestIdentity, line: string, { exit, asked }: Ended): object {
  const refused = asked.filter(({ policy }) => !isLetIn(identity, policy, line));
  return refused.length === 0
    ? { exit, operations: operationsOf(asked), wronglyRefused: [], wronglyLetIn: [] }
    : { exit: EXIT.noPermission, operations: 'some', wronglyRefused: [], wronglyLetIn: [] };
}

function foundOf(identity: TestIdentity, line: string, { exit, asked }: Ended): object {
  const isRight = ({ policy }: AskedOperation): boolean => isLetIn(identity, policy, line);
  return {
    exit,
    operations: asked.some(({ isRefused }) => isRefused) ? 'some' : operationsOf(asked),
    wronglyRefused: asked.filter((one) => one.isRefused && isRight(one)),
    wronglyLetIn: asked.filter((one) => !one.isRefused && !isRight(one)),
  };
}

/** Each once and by name: how often one looks at a run depends on how long it takes, and some ask at once. */
function operationsOf(asked: readonly AskedOperation[]): readonly string[] {
  return [...new Set(asked.map(({ operation }) => operation))].toSorted();
}

it('a command may what its user may, and changes nothing for who may not', async () => {
  const whole: Record<string, Ended> = {};
  for (const line of ASKING) {
    relay.record(line);
    const ended = await run(line, TOKEN);
    expect([line, operationsOf(ended.asked)]).not.toEqual([line, []]);
    expect([line, ended.asked.filter(({ isRefused }) => isRefused)]).toEqual([line, []]);
    // what a command does not find is as good an answer here; what it does not understand is none
    expect([line, ended.exit]).not.toEqual([line, EXIT.internal]);
    whole[line] = ended;
  }
  for (const identity of identities) {
    for (const line of ASKING) {
      const wanted = expectedOf(identity, line, whole[line] as Ended);
      relay.repeat(line);
      const ended = await run(line, tokenOf(identity));
      const { asked } = ended;
      expect([identity.name, line, foundOf(identity, line, ended)]).toEqual([identity.name, line, wanted]);
      const isRefused = asked.some((one) => one.isRefused);
      const changes = asked.filter((one) => !one.isRefused && one.policy.changes !== null);
      expect([identity.name, line, isRefused ? changes : []]).toEqual([identity.name, line, []]);
    }
  }
});

it('without a token nothing is asked at all', async () => {
  for (const line of ASKING) {
    relay.repeat(line);
    const { exit, asked } = await run(line, '');
    expect([line, exit, asked]).toEqual([line, EXIT.usage, []]);
  }
});
