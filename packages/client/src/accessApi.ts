import type {
  ApiToken,
  ApiTokenList,
  ChangeUserBody,
  MadeApiToken,
  Me,
  NewApiTokenBody,
  NewUserBody,
  Session,
  SessionList,
  User,
  UserList,
} from '@tapekeeper/contract';

/** Sessions and tokens: the own ones, or for admins those of a user, or of all by `*`. */
export interface OwnedQuery {
  readonly user?: string | undefined;
  readonly before?: number | undefined;
  readonly limit?: number | undefined;
}

/** What commands ask about people and what proves who they are. A user goes by number or name. */
export interface AccessApi {
  me(): Promise<Me>;
  /** By name. */
  users(query: {
    readonly after?: string | undefined;
    readonly limit?: number | undefined;
  }): Promise<UserList>;
  user(user: string): Promise<User>;
  createUser(body: NewUserBody): Promise<User>;
  updateUser(user: string, body: ChangeUserBody): Promise<User>;
  setUserPassword(user: string, password: string): Promise<User>;
  deleteUser(user: string): Promise<User>;
  /** Newest first. */
  sessions(query: OwnedQuery): Promise<SessionList>;
  revokeSession(id: number): Promise<Session>;
  /** Newest first. */
  apiTokens(query: OwnedQuery): Promise<ApiTokenList>;
  /** The only answer that the token itself is in. */
  createApiToken(body: NewApiTokenBody): Promise<MadeApiToken>;
  revokeApiToken(id: number): Promise<ApiToken>;
}
