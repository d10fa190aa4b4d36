import type { FastifyRequest } from 'fastify';

/**
 * Who is kept as the author of a change: whoever asks. Only the installation itself may speak for another, such as
 * the command line for the person who typed it.
 */
export function authorOf(request: FastifyRequest, told?: string): string {
  const { proof, name } = request.identity;
  return proof === 'installation' && told !== undefined && told !== '' ? told : name;
}
