/** Apart from the server itself, which takes a second to load: commands beside a running one do without. */
export { findServer, type FoundServer } from '../http/findServer.ts';
