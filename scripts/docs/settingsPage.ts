import { SETTINGS } from '../../packages/server/src/settings.ts';
import { code, list, page } from './markdown.ts';

interface Documented {
  readonly env: string;
  readonly flag?: string;
  readonly fallback: string;
  readonly about: string;
}

/** `docs/reference/settings.md`: every setting by its three names. */
export function settingsPage(): string {
  const settings = Object.entries<Documented>(SETTINGS);
  return page('Settings', [
    'Each setting can be given as a flag, in the environment, or in a file of settings; the first that is there counts,\n' +
      'in this order. The file is JSON with texts and numbers by the key given here: the one that `--config` or\n' +
      '`TAPEKEEPER_CONFIG` names, else `settings.json` in the data directory, which `tapekeeper init` writes. Secrets have\n' +
      'no flag, since a list of processes shows flags.',
    'All faults are named at once, with the nearest known name for one that is unknown, and the exit code is 78.',
    ...settings.flatMap(([key, setting]) => [`## ${setting.env}`, setting.about, names(key, setting)]),
  ]);
}

function names(key: string, { flag, fallback }: Documented): string {
  return list([
    ...(flag === undefined ? [] : [`flag ${code(`--${flag}`)}`]),
    `key ${code(key)}`,
    ...(fallback === '' ? [] : [`default ${code(fallback)}`]),
  ]);
}
