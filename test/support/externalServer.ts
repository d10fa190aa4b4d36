import { ROLES } from '../../packages/server/src/store/roles.ts';
import { ensureTemplate, type TestServer } from './testServer.ts';

/** Roles of a server that is kept for tests; what they guard is made and dropped by the tests. */
const PASSWORD = 'kept-for-tests';

/** A server that somebody else runs, with the template that databases of tests are cloned from. */
export async function openExternalServer(superuserUrl: string): Promise<TestServer> {
  const as = (role: string): string => {
    const url = new URL(superuserUrl);
    url.username = role;
    url.password = PASSWORD;
    return url.href;
  };
  const urls = { owner: as(ROLES.owner), runtime: as(ROLES.runtime), reader: as(ROLES.reader) };
  return { superuserUrl, urls, template: await ensureTemplate({ superuserUrl, urls }) };
}
