import { fileURLToPath } from 'node:url';

/** The folder of the data that come with the program: 100 symbols over 2023 and 2024. */
export function sampleFolder(): string {
  return fileURLToPath(new URL('../../sample', import.meta.url));
}
