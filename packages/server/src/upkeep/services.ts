export { startServices, type Role } from '../app/roles.ts';
