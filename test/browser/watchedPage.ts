import { until } from '../support/until.ts';
import type { Fields, Session } from './protocol.ts';

/** What no text may bring about. */
export interface Harm {
  /** Of alert, confirm, prompt. */
  readonly dialogs: readonly string[];
  /** Scripts, styles and pictures that the page's policy had to stop: then a text had become markup. */
  readonly violations: readonly string[];
}

/** A page and what happens in it. */
export interface WatchedPage {
  /** Loads an address and resolves when the expression is true in it, or an error has come up that nobody caught. */
  load(url: string, isDrawn: string): Promise<void>;
  evaluate(expression: string): Promise<unknown>;
  /** Since the last load. */
  harm(): Harm;
  /** Every element with the names of its attributes, in order: the same for texts of all kinds. */
  shape(): Promise<readonly string[]>;
  /** All texts of the page, as a reader has them. */
  text(): Promise<string>;
  /** Changes the bodies of answers whose path begins so; undefined lets them be. */
  alter(change: ((path: string, body: string) => string) | undefined): void;
}

/** Runs before any script of the page; errors are kept so that a page that stops drawing is not waited for. */
const WATCH = `
  globalThis.faults = [];
  addEventListener('error', (event) => faults.push(String(event.message)));
  addEventListener('unhandledrejection', (event) => faults.push(String(event.reason)));
  addEventListener('securitypolicyviolation', (event) =>
    noteViolation(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample));
`;

const SHAPE = `
  [...document.querySelectorAll('*')].map((one) =>
    [one.tagName, ...one.getAttributeNames()].join(' ') +
    (one.shadowRoot ? ' shadow' : ''))
`;

export async function watch(page: Session): Promise<WatchedPage> {
  const dialogs: string[] = [];
  const violations: string[] = [];
  let change: ((path: string, body: string) => string) | undefined;

  page.on('Page.javascriptDialogOpening', ({ message }) => {
    dialogs.push(String(message));
    void page.send('Page.handleJavaScriptDialog', { accept: false });
  });
  page.on('Runtime.bindingCalled', ({ payload }) => void violations.push(String(payload)));
  page.on('Fetch.requestPaused', (paused) => void pass(page, paused, change));
  await page.send('Network.setCacheDisabled', { cacheDisabled: true });
  await page.send('Runtime.addBinding', { name: 'noteViolation' });
  await page.send('Page.addScriptToEvaluateOnNewDocument', { source: WATCH });
  await page.send('Fetch.enable', {
    patterns: ['*/v1/*', '*/openapi.json', '*/draw.js'].map((urlPattern) => ({
      urlPattern,
      requestStage: 'Response',
    })),
  });

  const evaluate = async (expression: string): Promise<unknown> => {
    const answer = await page.send('Runtime.evaluate', { expression, returnByValue: true });
    if (answer['exceptionDetails'] !== undefined) throw new Error(JSON.stringify(answer['exceptionDetails']));
    return (answer['result'] as Fields)['value'];
  };
  return {
    async load(url, isDrawn) {
      dialogs.length = 0;
      violations.length = 0;
      await page.send('Page.navigate', { url: 'about:blank' });
      await page.send('Page.navigate', { url });
      // while a page is being exchanged for another there is nothing to ask
      const look = (expression: string): Promise<boolean> =>
        evaluate(expression).then(
          (value) => value === true,
          () => false,
        );
      await until(() => look(`document.readyState === 'complete' && (faults.length > 0 || (${isDrawn}))`));
    },
    evaluate,
    harm: () => ({ dialogs: [...dialogs], violations: [...violations] }),
    shape: async () => (await evaluate(SHAPE)) as string[],
    text: async () => String(await evaluate('document.documentElement.textContent')),
    alter: (next) => void (change = next),
  };
}

/** Lets an answer through, with another body where there is a change. */
async function pass(
  page: Session,
  paused: Fields,
  change: ((path: string, body: string) => string) | undefined,
): Promise<void> {
  const { requestId } = paused;
  const status = Number(paused['responseStatusCode'] ?? 0);
  try {
    if (change === undefined || status !== 200) {
      await page.send('Fetch.continueRequest', { requestId });
      return;
    }
    const { body } = await page.send('Fetch.getResponseBody', { requestId });
    const { pathname } = new URL(String((paused['request'] as Fields)['url']));
    const changed = change(pathname, Buffer.from(String(body), 'base64').toString('utf8'));
    await page.send('Fetch.fulfillRequest', {
      requestId,
      responseCode: status,
      responseHeaders: [{ name: 'content-type', value: typeOf(pathname) }],
      body: Buffer.from(changed).toString('base64'),
    });
  } catch {
    // a page that is left takes its questions with it
  }
}

function typeOf(path: string): string {
  return path.endsWith('.js') ? 'text/javascript' : 'application/json';
}
