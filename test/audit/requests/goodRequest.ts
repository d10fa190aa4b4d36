import type { TestIdentity } from '../../security/identities.ts';
import type { HttpStand } from '../../http/httpStand.ts';
import type { User } from '../../../packages/server/src/ports/accessStore.ts';

/** What requests are made in: an installation with an admin, who asks unless a request says otherwise. */
export interface World {
  readonly stand: HttpStand;
  readonly admin: TestIdentity & { readonly user: User };
  /** A name that nothing has yet. */
  fresh(what: string): string;
}

/** A request that goes well. */
export interface GoodRequest {
  readonly url: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** The object that the line of the log has to name; null where there are several, or none. */
  readonly object: string | null;
}

/** Makes what is needed for a request, and the request. */
export type MakeRequest = (world: World) => Promise<GoodRequest>;
