import { AppError } from '@tapekeeper/core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createHttpStand, PORT, type HttpStand } from '../http/httpStand.ts';
import { ALL_MARKUP, HOSTILE_MARKUP } from '../security/hostileMarkup.ts';
import { makeSession } from '../security/identities.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { honestAnswer, SPAN } from '../support/smallMarket.ts';
import { alterTexts, alterWords, keysOfTexts } from './alterTexts.ts';
import { startBrowser, type Browser } from './chromium.ts';
import { watch, type WatchedPage } from './watchedPage.ts';

vi.setConfig({ testTimeout: 120_000 });

/** The page has asked for everything, and has said who looks at it. */
const IS_DRAWN = `
  /\\b(on|lost)\\b/.test(document.getElementById('live').className) &&
  !(document.getElementById('who').hidden && document.getElementById('enter').hidden)`;
const DOCS_ARE_DRAWN = `document.getElementById('docs').getAttribute('aria-busy') === 'false'`;
const NO_HARM = { dialogs: [], violations: [] };
const HARMLESS = 'a harmless text';

let database: TestDatabase;
let stand: HttpStand;
let browser: Browser;
let page: WatchedPage;
let url: string;

beforeAll(async () => {
  browser = await startBrowser();
  database = await createDatabase('hostile_page');
  let port = PORT;
  stand = await createHttpStand(database.db, {
    stays: true,
    settings: { itemAttempts: 1 },
    http: { port: () => port },
  });
  url = await stand.app.listen({ host: '127.0.0.1', port: 0 });
  const session = await browser.open();
  const user = await stand.deps.store.createUser({
    name: 'ann',
    displayName: HOSTILE_MARKUP[0] ?? '',
    role: 'admin',
    passwordHash: null,
  });
  const value = await makeSession(stand.deps, user, 3_600_000);
  await session.send('Network.setCookie', { name: 'tapekeeper', value, url });
  page = await watch(session);
  await fill();
  port = Number(new URL(url).port);
});
afterAll(async () => {
  await browser.close();
  await stand.app.close();
  await database.drop();
});

/** Leaves the files of the page as they are. */
function ofAnswers(change: (body: string) => string): (path: string, body: string) => string {
  return (path, body) => (path.startsWith('/v1/') ? change(body) : body);
}

/** Jobs and sets of every hostile name, and runs that failed with hostile messages. */
async function fill(): Promise<void> {
  for (const [at, text] of HOSTILE_MARKUP.entries()) {
    const definition = { type: 'sync', name: text, description: text, params: { dataset: 'daily_bars' } };
    const schedule = { trigger: { kind: 'interval', everySeconds: 3600 } };
    const job = { key: `job-${at}`, enabled: true, definition: { ...definition, schedule } };
    const set = { name: `set-${at}`, title: text, symbols: ['600001.SH'] };
    const made = [await stand.post('/v1/jobs', job), await stand.post('/v1/sets', set)];
    expect(made.map(({ statusCode }) => statusCode)).toEqual([201, 201]);
  }
  await stand.sync({ dataset: 'trade_calendar' });
  await stand.sync({ dataset: 'stock_basics' });
  for (const text of HOSTILE_MARKUP.slice(0, 5)) {
    const refuse = (): never => {
      throw new AppError('transport', { source: 'tushare', host: 'h', message: text });
    };
    stand.tushare.answer = refuse;
    stand.baostock.answer = refuse;
    await stand.sync({ dataset: 'daily_bars', ...SPAN });
  }
  stand.tushare.answer = (question) => honestAnswer(question);
}

it('shows hostile names and messages as they are written, and makes nothing of them', async () => {
  await page.load(url, IS_DRAWN);
  const text = await page.text();
  const shown = HOSTILE_MARKUP.filter((one) => text.includes(one));
  expect(shown).toEqual(HOSTILE_MARKUP);
  const errors = await page.evaluate(
    `[...document.querySelectorAll('.error')].map((one) => one.textContent)`,
  );
  expect(HOSTILE_MARKUP.slice(0, 5).filter((one) => !String(errors).includes(one))).toEqual([]);
  expect(await page.evaluate(`document.getElementById('who').textContent`)).toContain(HOSTILE_MARKUP[0]);
  expect(page.harm()).toEqual(NO_HARM);
  expect(await page.evaluate('faults')).toEqual([]);
});

it('finds a page that puts texts in as markup', async () => {
  page.alter((path, body) =>
    path === '/draw.js' ? body.replace('node.textContent = text', 'node.innerHTML = text') : body,
  );
  await page.load(url, IS_DRAWN);
  page.alter(undefined);
  expect(page.harm().violations.length).toBeGreaterThan(0);
  expect(await page.evaluate(`document.querySelectorAll('img[onerror], iframe').length`)).toBeGreaterThan(0);
});

it('makes nothing of any text of any answer that it asks for', async () => {
  const keys = new Set<string>();
  const note = (body: string): string => {
    for (const key of keysOfTexts(JSON.parse(body))) keys.add(key);
    return body;
  };
  page.alter(ofAnswers(note));
  await page.load(url, IS_DRAWN);
  expect(keys.size).toBeGreaterThan(30);
  const shown: string[] = [];
  for (const key of keys) {
    page.alter(ofAnswers((body) => alterTexts(body, key, HARMLESS)));
    await page.load(url, IS_DRAWN);
    const shape = await page.shape();
    page.alter(ofAnswers((body) => alterTexts(body, key, ALL_MARKUP)));
    await page.load(url, IS_DRAWN);
    expect([key, page.harm()]).toEqual([key, NO_HARM]);
    expect([key, await page.shape()]).toEqual([key, shape]);
    if ((await page.text()).includes(ALL_MARKUP)) shown.push(key);
  }
  page.alter(undefined);
  expect(shown).toEqual(expect.arrayContaining(['name', 'displayName', 'message', 'key', 'en', 'source']));
});

it('makes nothing of any text of the document of the interface', async () => {
  const load = async (text: string): Promise<readonly string[]> => {
    page.alter((_, body) => alterWords(body, text));
    await page.load(new URL('/docs', url).href, DOCS_ARE_DRAWN);
    page.alter(undefined);
    return page.shape();
  };
  const shape = await load(HARMLESS);
  expect(await load(ALL_MARKUP)).toEqual(shape);
  expect(page.harm()).toEqual(NO_HARM);
  expect(await page.text()).toContain(ALL_MARKUP);
});
