import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** `npm run check:browser`: the pages in a real Chromium, which not every machine has. */
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
  ],
};
export default config;
