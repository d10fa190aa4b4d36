import { AsyncLocalStorage } from 'node:async_hooks';

const scopes = new AsyncLocalStorage<object>();

/** Everything that is logged within the work, and whatever it awaits, carries the fields. */
export function withinScope<T>(fields: object, work: () => T): T {
  return scopes.run(fields, work);
}

/** The fields of the innermost scope, as they are by now. */
export function scopeFields(): object {
  return { ...scopes.getStore() };
}
