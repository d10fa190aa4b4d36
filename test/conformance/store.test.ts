import { createDatabase } from '../support/database.ts';
import { describeStore } from './store.ts';

describeStore('the store on the embedded PostgreSQL', () => createDatabase('store'));
