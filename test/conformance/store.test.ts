import { createDatabase } from '../support/database.ts';
import { openExternalServer } from '../support/externalServer.ts';
import { cloneDatabase } from '../support/testDatabase.ts';
import { describeStore } from './store.ts';

describeStore('the embedded PostgreSQL', () => createDatabase('store'));

const external = process.env['TAPEKEEPER_TEST_POSTGRES_URL'] ?? '';
if (external !== '') {
  describeStore('the server of TAPEKEEPER_TEST_POSTGRES_URL', async () =>
    cloneDatabase(await openExternalServer(external), 'store'),
  );
}
