import { spawn, type ChildProcess } from 'node:child_process';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openProtocol, type Protocol, type Session } from './protocol.ts';

/** Where systems put one; CHROME_PATH says it for all others. */
const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** No window, no first steps, and no call to anybody but the page under test. */
const ARGUMENTS = [
  '--headless=new',
  '--remote-debugging-port=0',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  'about:blank',
];

export interface Browser {
  /** A page that keeps nothing of the others: no cookie, no storage. */
  open(): Promise<Session>;
  close(): Promise<void>;
}

/** Starts a Chromium. Rejects where there is none: what needs a browser has not been checked then. */
export async function startBrowser(): Promise<Browser> {
  const program = await findBrowser();
  const profile = await mkdtemp(join(tmpdir(), 'tapekeeper-browser-'));
  // its own sandbox does not start for root
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const child = spawn(program, [`--user-data-dir=${profile}`, ...asRoot, ...ARGUMENTS], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const protocol = await openProtocol(await addressOf(child));
  return {
    open: () => openPage(protocol),
    async close() {
      const ended = once(child, 'exit');
      await protocol.send('Browser.close');
      protocol.close();
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function findBrowser(): Promise<string> {
  const named = process.env['CHROME_PATH'];
  const places = named === undefined ? PLACES : [named];
  for (const place of places) {
    const isThere = await access(place).then(
      () => true,
      () => false,
    );
    if (isThere) return place;
  }
  throw new Error(
    `There is no Chromium in ${places.join(', ')}: nothing was checked. ` +
      'Install one (apt-get install chromium), or name one in CHROME_PATH.',
  );
}

/** It says on standard error where it listens. */
async function addressOf(child: ChildProcess): Promise<string> {
  let said = '';
  child.stderr?.setEncoding('utf8');
  for await (const piece of child.stderr ?? []) {
    said += String(piece);
    const address = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
    if (address !== undefined) {
      child.stderr?.resume();
      return address;
    }
  }
  throw new Error(`the browser ended before it listened: ${said}`);
}

async function openPage(protocol: Protocol): Promise<Session> {
  const { browserContextId } = await protocol.send('Target.createBrowserContext');
  const { targetId } = await protocol.send('Target.createTarget', { url: 'about:blank', browserContextId });
  const { sessionId } = await protocol.send('Target.attachToTarget', { targetId, flatten: true });
  const page = protocol.session(String(sessionId));
  await Promise.all(['Page', 'Runtime', 'Network'].map((domain) => page.send(`${domain}.enable`)));
  return page;
}
