import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import base from './vitest.config.ts';

/**
 * What needs a program that not every machine has, and ends with a fault where it is missing:
 * `npm run check:browser` the pages in a real Chromium, `npm run check:proxies` real reverse proxies.
 */
const config: ViteUserConfig = mergeConfig(base, {});
config.test = {
  ...config.test,
  projects: [
    {
      extends: true,
      test: {
        name: 'browser',
        include: ['test/browser/**/*.browser.ts'],
        globalSetup: ['test/support/globalSetup.ts'],
      },
    },
    {
      extends: true,
      test: {
        name: 'proxies',
        include: ['test/proxies/**/*.proxies.ts'],
        globalSetup: ['test/support/globalSetup.ts'],
      },
    },
  ],
};
export default config;
