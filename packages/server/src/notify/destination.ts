import { isIP } from 'node:net';
import { AppError } from '@tapekeeper/core';
import { isPublicAddress } from './addressRanges.ts';

/** Names and addresses by a resolver: all that a name stands for. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/** Where a connection may go. */
export interface Destination {
  /** Without brackets and without the dot at the end. */
  readonly host: string;
  readonly port: number;
  /** Whether it is one that the settings list: it may be private, and need not be encrypted. */
  readonly isListed: boolean;
}

/** Names that never leave a network, whatever a resolver makes of them. */
const LOCAL_NAME = /(^|\.)(localhost|local|localdomain|internal|intranet|lan|home\.arpa|corp|home)$/;
const WEB_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/**
 * The address of a web service that may be called. Throws `address_refused` for what is no http(s) address, holds a
 * user or password, has another port than its scheme, is not encrypted, or is none of the public internet; hosts of
 * the list may be all of that but hold no password either.
 */
export function webDestination(text: string, listed: readonly string[]): Destination & { readonly url: URL } {
  const url = URL.parse(text);
  if (url === null) throw refused('the address', 'it is no address; write https://example.com/path.');
  const usual = WEB_PORTS[url.protocol];
  if (usual === undefined) throw refused(url.protocol, 'only https is spoken.');
  const shown = url.host;
  if (url.username !== '' || url.password !== '')
    throw refused(shown, 'an address must not hold a user or password.');
  const port = url.port === '' ? usual : Number(url.port);
  const destination = { ...destinationOf(url.hostname, port, listed), url };
  if (destination.isListed) return destination;
  if (url.protocol !== 'https:')
    throw refused(shown, `only https is spoken with hosts that are not listed. ${LISTING}`);
  if (port !== usual) throw refused(shown, `its port is not ${usual}. ${LISTING}`);
  requirePublicName(destination);
  return destination;
}

/** The same for a mail server. */
export function mailDestination(host: string, port: number, listed: readonly string[]): Destination {
  const url = URL.parse(`https://${host}`);
  if (url === null || url.host === '' || host.includes('@') || host.includes('/') || url.port !== '')
    throw refused('the mail server', 'write the name of the server alone, such as smtp.example.com.');
  const destination = destinationOf(url.hostname, port, listed);
  if (destination.isListed) return destination;
  if (!MAIL_PORTS.includes(port))
    throw refused(
      `${destination.host}:${port}`,
      `mail is handed over on ports ${MAIL_PORTS.join(', ')}. ${LISTING}`,
    );
  requirePublicName(destination);
  return destination;
}

/**
 * The IP addresses behind a destination, all of them allowed. Throws `address_refused` when any is not of the public
 * internet and the host is not listed; what the resolver throws comes through.
 */
export async function allowedAddresses(
  destination: Destination,
  resolve: Resolve,
): Promise<readonly string[]> {
  const { host, isListed } = destination;
  const addresses = isIP(host) === 0 ? await resolve(host) : [host];
  const wrong = isListed ? undefined : addresses.find((address) => !isPublicAddress(address));
  if (wrong !== undefined)
    throw refused(host, `it is at ${wrong}, which is not on the public internet. ${LISTING}`);
  return addresses;
}

export function refused(address: string, problem: string): AppError {
  return new AppError('address_refused', { address, problem });
}

const LISTING = 'Receivers of your own network are listed in TAPEKEEPER_NOTIFY_PRIVATE_HOSTS.';
const MAIL_PORTS: readonly number[] = [25, 465, 587, 2525];

function destinationOf(hostname: string, port: number, listed: readonly string[]): Destination {
  const host = hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  const shown = isIP(host) === 6 ? `[${host}]` : host;
  const usual = Object.values(WEB_PORTS).includes(port) || MAIL_PORTS.includes(port);
  const isListed = listed.includes(`${shown}:${port}`) || (usual && listed.includes(shown));
  return { host, port, isListed };
}

function requirePublicName({ host }: Destination): void {
  if (isIP(host) !== 0 && !isPublicAddress(host))
    throw refused(host, `it is not on the public internet. ${LISTING}`);
  if (isIP(host) === 0 && (LOCAL_NAME.test(host) || !host.includes('.')))
    throw refused(host, `it is a name of a local network. ${LISTING}`);
}
