/** The statements about upstreams, a file a subject, as the store binds them. */
export { closeBreaker, noteFailure, noteSuccess, openBreaker } from './breakers.ts';
export { drainBudget, takeCall } from './budgets.ts';
export { chooseBudgets, hostBudgets, setBudgets } from './hostBudgets.ts';
export { forgetLearned, hostFacts } from './hostFacts.ts';
export { leaseWanted, releaseLease, takeLease } from './sourceLeases.ts';
export { rights, saveRight } from './sourceRights.ts';
