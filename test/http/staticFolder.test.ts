import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { createHttpStand, type Answer, type HttpStand } from './httpStand.ts';

const database = useCleanDatabase();
let stand: HttpStand;

beforeEach(async () => {
  const outer = await temporaryFolder();
  const folder = join(outer, 'pages');
  await mkdir(join(folder, 'assets'), { recursive: true });
  await mkdir(join(folder, '.git'));
  await writeFile(join(outer, 'secret.txt'), 'not to be shown');
  await writeFile(join(folder, 'index.html'), '<title>their page</title>');
  await writeFile(join(folder, 'assets', 'app-1a2b.js'), 'their script');
  await writeFile(join(folder, '.git', 'config.txt'), 'not to be shown');
  await writeFile(join(folder, '.env'), 'not to be shown');
  stand = await createHttpStand(database().db, { http: { staticDir: folder } });
});

const textOf = ({ statusCode, body }: Answer): readonly [number, string] => [statusCode, body];

describe("a folder of others' pages", () => {
  it('has the root, its files, and its index for every page', async () => {
    for (const url of ['/', '/data/scheduler', '/login', '/tasks/12?tab=logs'])
      expect([url, ...textOf(await stand.get(url))]).toEqual([url, 200, '<title>their page</title>']);
    expect(textOf(await stand.get('/assets/app-1a2b.js'))).toEqual([200, 'their script']);
  });

  it('lets its pages bring styles along, and be framed by nobody', async () => {
    const { headers } = await stand.get('/');
    expect(headers['content-security-policy']).toContain("style-src 'self' 'unsafe-inline'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it('takes nothing from the interfaces, and leaves our own page a place', async () => {
    expect((await stand.get('/v1/runs')).json()).toMatchObject({ runs: [] });
    expect((await stand.get('/livez')).statusCode).toBe(200);
    expect((await stand.get('/v1/nothing')).json()).toMatchObject({ code: 'not_found' });
    expect((await stand.get('/api/nothing')).statusCode).toBe(404);
    expect((await stand.post('/somewhere', {})).statusCode).toBe(404);
    expect((await stand.get('/tapekeeper')).body).toContain('<title>tapekeeper');
  });

  it.each([
    '/secret.txt',
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/../../secret.txt',
    '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
    '/.git/config.txt',
    '/.env',
    '/assets/.env.txt',
    '/assets/app-1a2b.js%00.txt',
    '/assets\\..\\..\\secret.txt',
    '//etc/passwd.txt',
  ])('shows nothing that is hidden or outside of it: %s', async (url) => {
    const answer = await stand.get(url);
    expect(answer.body).not.toContain('not to be shown');
  });

  it('shows a missing file as missing, and not as a page', async () => {
    expect((await stand.get('/assets/gone.js')).statusCode).toBe(404);
  });
});
