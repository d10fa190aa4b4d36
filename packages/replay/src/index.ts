export { type World, openWorld } from './world/openWorld.ts';
export { sampleFolder } from './world/sampleFolder.ts';
export type { Instrument, Universe } from './world/universe.ts';
export { type Permissions, type Replay, type ReplayOptions, startReplay } from './replay.ts';
export type { Call } from './callLog.ts';
export type { Fault, FaultMatch, FaultRule, Protocol } from './faults/fault.ts';
export { loadFaults } from './faults/loadFaults.ts';
export { TUSHARE_REFUSALS } from './tushare/refusals.ts';
export { BAOSTOCK_REFUSALS } from './baostock/refusals.ts';
