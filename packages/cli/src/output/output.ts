/** Results go to standard output; what happens on the way goes to standard error, so that pipes stay clean. */
export interface Output {
  /** Whether results go out as JSON, and nothing else does. */
  readonly json: boolean;
  /** A line of the result for people; with --json it is left out. */
  line(text?: string): void;
  /** The result for programs: one line of JSON, with --json only. */
  result(value: object): void;
  /** A line about what happens, for people. */
  note(text: string): void;
}

export function createOutput(json: boolean): Output {
  return {
    json,
    line: (text = '') => {
      if (!json) process.stdout.write(`${text}\n`);
    },
    result: (value) => {
      if (json) process.stdout.write(`${JSON.stringify(value)}\n`);
    },
    note: (text) => void process.stderr.write(`${text}\n`),
  };
}
