import { settingsSchema, type Settings } from '@tapekeeper/contract';
import { answers } from '../../answers.ts';
import type { HttpApp } from '../../context.ts';

/** What the server was started with. */
export function settingRoutes(app: HttpApp, settings: Settings['settings']): void {
  app.get(
    '/v1/settings',
    {
      schema: {
        operationId: 'listSettings',
        summary: 'The settings of this server, and who says so; secrets are not shown',
        tags: ['system'],
        response: answers(200, settingsSchema),
      },
    },
    async () => ({ settings: settings.map((one) => ({ ...one })) }),
  );
}
