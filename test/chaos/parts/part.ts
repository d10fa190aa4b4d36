/** What every long form is given. */
export interface PartContext {
  readonly seed: number;
  /** How much of it, in the unit of the part; its usual size where nothing is wished. */
  readonly size: number | undefined;
  readonly say: (line: string) => void;
  /** Rejects when somebody wants the harness to end. */
  readonly interrupted: Promise<never>;
}

/** What a part has found, as lines of a table. */
export interface PartResult {
  readonly lines: readonly (readonly [what: string, figure: string])[];
  /** Everything that it counted, for machines. */
  readonly raw: object;
  /** What must not be, in words. */
  readonly violations: readonly string[];
}

/** One kind of harm, done long enough to believe in what survives it. */
export interface Part {
  readonly name: string;
  readonly about: string;
  /** Its usual size with its unit. */
  readonly usual: { readonly size: number; readonly unit: string };
  run(context: PartContext): Promise<PartResult>;
}
