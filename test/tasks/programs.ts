import type { TaskTools } from '../../packages/server/src/app/tasks/taskTools.ts';
import { secretMask } from '../../packages/server/src/command/secretMask.ts';
import { toolsIn } from '../support/taskTools.ts';

export const SECRET = 'the-token-of-this-installation';

/** What tasks need, with two programs that are allowed. */
export function toolsWithPrograms(folder: string): TaskTools {
  return toolsIn(folder, {
    programs: new Map([
      ['node', process.execPath],
      ['sh', '/bin/sh'],
    ]),
    mask: secretMask(() => [SECRET]),
  });
}
