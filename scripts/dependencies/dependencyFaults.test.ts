import { expect, it } from 'vitest';
import { deliveredPackages, dependencyFaults, type LockedPackage } from './dependencyFaults.ts';

const GOOD: LockedPackage = { version: '1.0.0', license: 'MIT', integrity: 'sha512-abc' };
const faultsOf = (one: LockedPackage) => dependencyFaults({ packages: { 'node_modules/x': one } }, {});

it('finds what may not be passed on, what could be another, and what comes from elsewhere', () => {
  expect(faultsOf(GOOD)).toEqual([]);
  expect(faultsOf({ ...GOOD, license: 'GPL-3.0' })).toEqual(['node_modules/x comes under GPL-3.0']);
  expect(faultsOf({ version: '1.0.0', integrity: 'sha512-abc' })).toEqual([
    'node_modules/x comes under no license',
  ]);
  expect(faultsOf({ ...GOOD, license: 'MPL-2.0' })).toHaveLength(1);
  expect(faultsOf({ ...GOOD, license: 'MPL-2.0', dev: true })).toEqual([]);
  expect(faultsOf({ ...GOOD, integrity: 'sha1-abc' })).toEqual(['node_modules/x has no digest']);
  expect(faultsOf({ ...GOOD, resolved: 'git+ssh://git@example.com/x' })).toHaveLength(1);
  expect(dependencyFaults({ packages: {} }, {})).toHaveLength(1);
});

it('finds versions that are not exact', () => {
  const lockfile = { packages: { 'node_modules/x': GOOD } };
  const manifest = { dependencies: { x: '1.0.0', y: '^1.0.0' }, devDependencies: { z: 'latest' } };
  expect(dependencyFaults(lockfile, { 'package.json': manifest })).toEqual([
    'package.json takes y in any version of ^1.0.0',
    'package.json takes z in any version of latest',
  ]);
});

it('lists what is delivered, by its own name wherever it lies, and nothing of ours', () => {
  const packages = {
    '': { version: '0.1.0' },
    'packages/core': { version: '0.1.0' },
    'node_modules/@tapekeeper/core': { link: true },
    'node_modules/x': GOOD,
    'node_modules/x/node_modules/@a/b': GOOD,
    'node_modules/tool': { ...GOOD, dev: true },
  };
  expect(deliveredPackages({ packages })).toEqual(['x@1.0.0', '@a/b@1.0.0']);
});
