import type { HttpStand } from '../http/httpStand.ts';

export interface DocumentedParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
}

/** A route as the document of the interface has it. */
export interface DocumentedRoute {
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `/v1/runs/{id}` */
  readonly path: string;
  readonly parameters: readonly DocumentedParameter[];
  readonly hasBody: boolean;
  /** Whether its answer goes on for as long as somebody listens. */
  readonly isEndless: boolean;
}

const ENDLESS: ReadonlySet<string> = new Set(['streamEvents']);

interface Document {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly operationId: string;
            readonly parameters?: readonly DocumentedParameter[];
            readonly requestBody?: object;
          }
        >
      >
    >
  >;
}

/** Every route of the interface, by its own document. */
export async function documentedRoutes({ ask }: Pick<HttpStand, 'ask'>): Promise<readonly DocumentedRoute[]> {
  const answer = await ask({
    url: '/openapi.json',
    headers: { authorization: 'Bearer the-token-of-the-tests' },
  });
  return Object.entries(answer.json<Document>().paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { operationId, parameters = [], requestBody }]) => ({
      operation: operationId,
      method: method.toUpperCase() as DocumentedRoute['method'],
      path,
      parameters,
      hasBody: requestBody !== undefined,
      isEndless: ENDLESS.has(operationId),
    })),
  );
}

/** Whether a route is one of the documented systems: what nobody knows is ignored there, and what is wrong is 422. */
export function isOfDocuments({ operation }: Pick<DocumentedRoute, 'operation'>): boolean {
  return /^(stockQuote|tradingAgents|zquant)[A-Z]/.test(operation);
}

/**
 * The path with something in each place that fits most kinds of names and is no thing that is there. What would go on
 * without an end is asked for what it does not know.
 */
export function pathOf(
  { path, isEndless }: Pick<DocumentedRoute, 'path' | 'isEndless'>,
  fill: (name: string) => string = () => '999999',
): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(fill(name)));
  return isEndless ? `${filled}?nonsense=1` : filled;
}
