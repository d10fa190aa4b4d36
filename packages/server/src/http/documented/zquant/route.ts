import { NEEDS_TOKEN } from '../../openapi.ts';

/** Tag of the routes of the platform in the OpenAPI document. */
export const ZQUANT_TAG = 'documented: zquant';

interface About {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: string[];
}

/** What the schema of a route says of it; both generations of a route say the same of themselves. */
export function about(operationId: string, summary: string): About {
  return { operationId, summary, tags: [ZQUANT_TAG] };
}

/** The same of a route that is no GET. */
export function withToken(
  operationId: string,
  summary: string,
): About & { readonly security: typeof NEEDS_TOKEN } {
  return { ...about(operationId, summary), security: NEEDS_TOKEN };
}
