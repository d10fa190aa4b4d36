import type { CallWatch } from './process.ts';

/** Characters of a call's input or output that are shown. */
const LONGEST = 200;

/** A call of the store that is also written down, with what came of it. */
export function writtenDown(
  say: (line: string) => void,
  what: string,
  input: readonly unknown[],
  watch: CallWatch | undefined,
): CallWatch {
  const asked = JSON.stringify(input)?.slice(0, LONGEST);
  return {
    begins: () => watch?.begins(),
    ends(output) {
      watch?.ends(output);
      say(`${what} ${asked} => ${JSON.stringify(output)?.slice(0, LONGEST)}`);
    },
    refused(error) {
      watch?.refused(error);
      say(`${what} ${asked} !! ${String(error)}`);
    },
    heard: (output) => watch?.heard(output),
  };
}
