import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Identity } from '@tapekeeper/core';
import { admitLogin, proveByPassword } from '../../../app/access/login.ts';
import { startSession } from '../../../app/access/startSession.ts';
import type { AppDeps } from '../../../app/deps.ts';
import type { UserSecrets } from '../../../ports/accessStore.ts';
import { noteOperation } from '../../audit.ts';
import { beginLoginOperation, userAgentOf } from '../../auth/loginOperation.ts';
import { setSessionCookie } from '../../auth/sessionCookie.ts';

/** Whose name and password these are. The try is counted first; then it leaves a line, whatever comes of it. */
export async function enter(
  deps: AppDeps,
  request: FastifyRequest,
  { name, password }: { readonly name: string; readonly password: string },
): Promise<UserSecrets> {
  const admitted = await admitLogin(deps, { name, ip: request.ip });
  const user = admitted.secrets?.user;
  await beginLoginOperation(deps, request, 'session', user);
  return proveByPassword(deps, admitted, password);
}

/** Begins a session and gives the browser its cookie. */
export async function beginSession(
  deps: AppDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  proved: Pick<UserSecrets, 'user' | 'proofVersion'>,
): Promise<Identity> {
  const place = { ip: request.ip, userAgent: userAgentOf(request) };
  const { secret, session, identity } = await startSession(deps, proved, place);
  setSessionCookie(request, reply, secret, deps.proofs.lives.sessionMs);
  noteOperation(request, { id: String(session.id) });
  return identity;
}
