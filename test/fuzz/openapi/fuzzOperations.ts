import fc from 'fast-check';
import { operationsOf, type ApiDocument, type Operation } from './document.ts';
import { createJudge, type JudgedAnswer } from './judge.ts';
import { requestsOf, type FuzzedRequest } from './requests.ts';
import type { Hints } from './values.ts';

/** How a request gets to the interface. */
export type Send = (request: FuzzedRequest) => Promise<JudgedAnswer>;

export interface OperationsFuzz {
  readonly document: ApiDocument;
  readonly send: Send;
  readonly hints: Hints;
  readonly seed: number;
  /** Requests of each operation. */
  readonly cases: number;
  /** Only the operations at these places, counted from one; both ends are meant. */
  readonly places?: { readonly from: number; readonly to: number } | undefined;
  /** Told when an operation is done with. */
  readonly progress?: ((at: FuzzProgress) => void) | undefined;
}

export interface FuzzProgress {
  readonly place: number;
  readonly of: number;
  readonly requests: number;
  /** What this operation was caught with. */
  readonly finding: string | undefined;
}

export interface OperationsReport {
  readonly operations: number;
  readonly requests: number;
  /** How many were answered with which status. */
  readonly statuses: Readonly<Record<number, number>>;
  /** Operations that no request got through to, with what most were refused for. */
  readonly neverDone: readonly string[];
  /** Of each operation that was caught, the smallest request that shows it. */
  readonly findings: readonly string[];
}

/** To hash a password takes a tenth of a second on purpose. */
const SLOW_PART = 10;
const LONGEST_REQUEST = 600;

/** Sends requests of every operation, one after the other, and judges the answers by the document. */
export async function fuzzOperations(fuzz: OperationsFuzz): Promise<OperationsReport> {
  const { document, send, hints, seed, cases } = fuzz;
  const judge = createJudge(document);
  const statuses: Record<number, number> = {};
  const findings: string[] = [];
  const neverDone: string[] = [];
  let requests = 0;
  const operations = operationsOf(document)
    .filter((operation) => !isEndless(operation))
    // what takes things away comes last, so that the others find something
    .toSorted((one, other) => Number(takesAway(one)) - Number(takesAway(other)));
  const { from, to } = fuzz.places ?? { from: 1, to: operations.length };
  const chosen = operations.slice(from - 1, to);
  if (from < 1 || chosen.length === 0)
    throw new Error(`there are operations 1 to ${operations.length}, and none at ${from} to ${to}`);
  for (const [at, operation] of chosen.entries()) {
    let isDone = false;
    const refusals = new Map<string, number>();
    const numRuns = isSlow(document, operation) ? Math.ceil(cases / SLOW_PART) : cases;
    const property = fc.asyncProperty(requestsOf(document, operation, hints), async (request) => {
      const answer = await send(request);
      requests += 1;
      statuses[answer.statusCode] = (statuses[answer.statusCode] ?? 0) + 1;
      isDone ||= answer.statusCode < 300;
      if (!isDone) count(refusals, refusalOf(answer));
      const fault = judge(operation, answer);
      if (fault !== undefined) throw new Error(fault);
    });
    const { failed, counterexample, errorInstance } = await fc.check(property, { seed, numRuns });
    const finding = failed
      ? `${operation.operationId} (seed ${seed}): ${String(errorInstance)}\n  ${JSON.stringify(counterexample?.[0]).slice(0, LONGEST_REQUEST)}`
      : undefined;
    if (finding !== undefined) findings.push(finding);
    if (!isDone) neverDone.push(`${operation.operationId} (${mostOf(refusals)})`);
    fuzz.progress?.({ place: from + at, of: operations.length, requests, finding });
  }
  return { operations: chosen.length, requests, statuses, neverDone, findings };
}

/** The code of a refusal, in the form of ours or of the documented systems. */
function refusalOf({ statusCode, body }: JudgedAnswer): string {
  const [, code] = /"(?:error_)?code":"(\w+)"/.exec(body) ?? [];
  return code ?? String(statusCode);
}

function count(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

function mostOf(counts: ReadonlyMap<string, number>): string {
  return [...counts].toSorted(([, one], [, other]) => other - one)[0]?.[0] ?? 'never asked';
}

/** A stream of events has no end to wait for. */
function isEndless({ responses }: Operation): boolean {
  return Object.values(responses).some(({ content = {} }) => Object.hasOwn(content, 'text/event-stream'));
}

/** Some documented systems delete by POST. */
function takesAway({ method, operationId }: Operation): boolean {
  return method === 'DELETE' || /Delete|Remove|Clear/.test(operationId);
}

function isSlow(document: ApiDocument, { body }: Operation): boolean {
  const name = body?.$ref?.split('/').at(-1);
  const schema = name === undefined ? body : document.components.schemas[name];
  return Object.keys(schema?.properties ?? {}).some((field) => /password/i.test(field));
}

export function operationsText(report: OperationsReport): string {
  const statuses = Object.entries(report.statuses).map(([status, count]) => `${status}: ${count}`);
  return [
    `${report.requests} requests of ${report.operations} operations`,
    `  ${statuses.join(', ')}`,
    `  never got through: ${report.neverDone.join(', ') || 'none'}`,
  ].join('\n');
}
