import type { Plantable } from '../installation.ts';

/** A mistake that programs of this kind are known to have made, put into the simulated store. */
export interface PlantedBug {
  /** What goes wrong, in words that follow "finds that". */
  readonly name: string;
  readonly plant: (target: Plantable) => void;
}
