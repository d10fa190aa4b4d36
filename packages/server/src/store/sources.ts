/** The statements about upstreams, a file a subject, as the store binds them. */
export { noteFailure, noteSuccess, openBreaker } from './breakers.ts';
export { drainBudget, setBudgets, takeCall } from './budgets.ts';
export { forgetLearned, hostFacts } from './hostFacts.ts';
export { leaseWanted, releaseLease, takeLease } from './sourceLeases.ts';
export { rights, saveRight } from './sourceRights.ts';
