import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../packages/server/src/config.ts';
import { SETTINGS } from '../../packages/server/src/settings.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const text = (name: string): Promise<string> => readFile(join(ROOT, name), 'utf8');

const PACKAGES = ['Dockerfile', 'compose.yaml', 'packaging/tapekeeper.service'];
const PAGES = ['docs/operating.md', 'docs/reverse-proxy.md', 'docs/upgrading.md', 'docs/metrics.md'];
const KNOWN = new Set<string>(Object.values(SETTINGS).map(({ env }) => env));

it.each([...PACKAGES, ...PAGES])('%s names only settings that there are', async (name) => {
  const named = (await text(name)).match(/\bTAPEKEEPER_[A-Z_]+\b/g) ?? [];
  expect([...new Set(named)].filter((one) => !KNOWN.has(one))).toEqual([]);
});

const isThere = (...path: readonly string[]): Promise<boolean> =>
  access(join(ROOT, ...path)).then(
    () => true,
    () => false,
  );

it.each(PAGES)('%s leads only to pages that there are', async (name) => {
  for (const [, path = ''] of (await text(name)).matchAll(/\]\((?!https?:)([^)#]+)/g))
    expect([path, await isThere(name, '..', path)]).toEqual([path, true]);
});

describe('the image', () => {
  it('is made of what there is', async () => {
    const copies = (await text('Dockerfile')).matchAll(/^COPY (?!--from)(.+) \S+$/gm);
    for (const [, from = ''] of copies)
      for (const name of from.split(' ')) expect([name, await isThere(name)]).toEqual([name, true]);
  });

  it('has every package that npm asks for', async () => {
    const dockerfile = await text('Dockerfile');
    const lock = JSON.parse(await text('package-lock.json')) as { packages: Record<string, unknown> };
    const workspaces = Object.keys(lock.packages).filter((path) => path.startsWith('packages/'));
    expect(workspaces.filter((path) => !dockerfile.includes(`COPY ${path}/package.json ${path}/`))).toEqual(
      [],
    );
  });

  it('runs as nobody special, says how it is, and starts with settings that can be read', async () => {
    const dockerfile = await text('Dockerfile');
    expect(dockerfile.lastIndexOf('USER node')).toBeGreaterThan(dockerfile.lastIndexOf('RUN '));
    expect(dockerfile).toMatch(/HEALTHCHECK[\s\S]*\/readyz/);
    const env = Object.fromEntries(
      [...dockerfile.matchAll(/(TAPEKEEPER_\w+)=(\S+)/g)].map(([, k, v]) => [k, v]),
    );
    expect(readConfig({ env, flags: {} })).toMatchObject({ host: '0.0.0.0', port: 8000 });
  });

  it('keeps the data where the volume is, and room beside them for the programs of the database', async () => {
    const dockerfile = await text('Dockerfile');
    const volume = /^VOLUME (\S+)$/m.exec(dockerfile)?.[1] ?? '';
    expect(/TAPEKEEPER_DATA_DIR=(\S+)/.exec(dockerfile)?.[1]).toBe(`${volume}/data`);
    expect(await text('compose.yaml')).toContain(`data:${volume}\n`);
  });

  it('holds no tests, no history and nothing of the developer', async () => {
    const ignored = (await text('.dockerignore')).split('\n');
    for (const name of ['.git', 'test', '**/node_modules', '**/*.test.ts']) expect(ignored).toContain(name);
  });
});

describe('the unit of systemd', () => {
  it('may write its own directories and nothing else', async () => {
    const unit = await text('packaging/tapekeeper.service');
    for (const line of [
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
      'ProtectHome=yes',
      'PrivateTmp=yes',
      'UMask=0077',
    ])
      expect(unit).toContain(`\n${line}\n`);
    expect(/TAPEKEEPER_DATA_DIR=(\S+)/.exec(unit)?.[1]).toBe('/var/lib/tapekeeper/data');
    expect(unit).toContain('\nStateDirectory=tapekeeper\n');
  });

  it('starts the program, and leaves it the time to stop its database', async () => {
    const unit = await text('packaging/tapekeeper.service');
    const [, program = ''] = /^ExecStart=\S+ \/opt\/tapekeeper\/(\S+) start$/m.exec(unit) ?? [];
    expect(await isThere(program)).toBe(true);
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(60);
  });
});

it('compose publishes on this machine alone, on a file system that cannot be written', async () => {
  const compose = await text('compose.yaml');
  expect([...compose.matchAll(/- '([\d.:]+)'/g)].map(([, port]) => port)).toEqual(['127.0.0.1:8000:8000']);
  for (const line of ['read_only: true', 'no-new-privileges:true', '- ALL']) expect(compose).toContain(line);
});
