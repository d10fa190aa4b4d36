import type { Benchmark } from './benchmark.ts';
export const plans: Benchmark = { name: 'plans', about: '', run: async () => {} };
