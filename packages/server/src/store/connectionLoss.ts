import { DatabaseError } from 'pg';

/** SQLSTATEs that say something of the connection, not of the statement. */
const CONNECTION_STATES = /^(08...|57P0[1-5]|53300|28...|3D000)$/;
/** Of the network, so that errors of files inside a transaction are not taken for it. */
const NETWORK_CODES = /^(ECONN\w+|EPIPE|ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENET\w+|ENOTFOUND|EAI_AGAIN)$/;
/** What the driver says of a lost connection without any code. */
const LOSSES = /^(Connection terminated|Client has encountered|Client was closed|Query read timeout)/;

/** Whether an error of the driver says that there is no connection, rather than what is wrong with a statement. */
export function isConnectionLoss(error: unknown): boolean {
  if (error instanceof DatabaseError) return CONNECTION_STATES.test(error.code ?? '');
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return NETWORK_CODES.test(code) || LOSSES.test(error.message);
}
