import type { Plantable } from '../installation.ts';

/** A mistake that programs of this kind are known to have made, put into the simulated store. */
export interface PlantedBug {
  readonly name: string;
  /** Number of the pain in the list of what users report, where there is one. */
  readonly plant: (target: Plantable) => void;
}
