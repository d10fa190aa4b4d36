export * from './primitives.ts';
export * from './runs.ts';
export * from './coverage.ts';
export * from './system.ts';
export * from './data.ts';
export * from './sources.ts';
export * from './quality.ts';
export * from './symbolSets.ts';
