import { fileURLToPath } from 'node:url';
import { defineConfig } from 'oxlint';
import type { OxlintOverride } from 'oxlint';
import { bannedGlobals, bannedProperties, bansPresentDate, SCOPES } from './scripts/lint/ambient.ts';
import type { Scope } from './scripts/lint/ambient.ts';
import { importPatterns } from './scripts/lint/importRules.ts';
import { isFile, LAYERS, ROOTS } from './scripts/lint/layers.ts';
import type { Layer } from './scripts/lint/layers.ts';

const layerRules = (layer: Layer): OxlintOverride => ({
  files: [isFile(layer) ? layer.path : `${layer.path}/**`],
  rules: { 'no-restricted-imports': ['error', { patterns: importPatterns(layer) }] },
});

const ambientRules = (scope: Scope): OxlintOverride => ({
  files: [scope.files],
  rules: {
    'no-restricted-globals': ['error', { globals: bannedGlobals(scope), checkGlobalObject: true }],
    'no-restricted-properties': [
      'error',
      ...bannedProperties(scope).map(({ name, message }) => {
        const [object = '', property = ''] = name.split('.');
        return { object, property, message };
      }),
    ],
    'tapekeeper/no-present-date': bansPresentDate(scope) ? 'error' : 'off',
  },
});

export default defineConfig({
  plugins: ['eslint', 'typescript', 'unicorn', 'oxc', 'import', 'promise', 'node', 'vitest'],
  jsPlugins: [fileURLToPath(new URL('scripts/lint/plugin.ts', import.meta.url))],
  categories: { correctness: 'error' },
  ignorePatterns: ['bench/results/**'],
  rules: {
    eqeqeq: ['error', 'always', { null: 'ignore' }],
    'no-var': 'error',
    'prefer-const': 'error',
    'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    // the wire formats of sources are made of control characters
    'no-control-regex': 'off',
    // objects here are records of closures, without a `this` to lose
    'typescript/unbound-method': 'off',
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'typescript/ban-ts-comment': 'error',
    'typescript/consistent-type-imports': ['error', { disallowTypeAnnotations: true }],
    'typescript/no-explicit-any': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/only-throw-error': 'error',
    'typescript/switch-exhaustiveness-check': 'error',
    'unicorn/filename-case': ['error', { case: 'camelCase' }],
    'unicorn/prefer-node-protocol': 'error',
    'tapekeeper/no-vague-file': 'error',
    // a property test states what holds in each case of its input
    'vitest/no-conditional-expect': 'off',
    'vitest/expect-expect': [
      'error',
      { assertFunctionNames: ['expect', 'expect*', 'assert', 'assert*', 'fc.assert'] },
    ],
  },
  overrides: [
    { files: ['packages/{core,contract,replay,server}/src/**'], rules: { 'no-console': 'error' } },
    ...LAYERS.map(layerRules),
    ...SCOPES.map(ambientRules),
    {
      files: ['**/*.test.ts'],
      rules: {
        'no-console': 'off',
        'no-restricted-imports': [
          'error',
          {
            patterns: [
              {
                regex: '^(node:)?timers/promises$|^delay$',
                message: 'A test waits for a signal, never for a time.',
              },
            ],
          },
        ],
        'tapekeeper/no-fixed-wait': 'error',
      },
    },
    // what must hold of an answer stands in its row of the table, which `conforms` makes a test of
    { files: ['test/documented/**'], rules: { 'vitest/no-standalone-expect': 'off' } },
    { files: [...ROOTS], rules: { 'no-restricted-imports': 'off' } },
    // loaded by their default export
    { files: ['*.config.ts', 'scripts/lint/plugin.ts'], rules: { 'import/no-default-export': 'off' } },
  ],
});
