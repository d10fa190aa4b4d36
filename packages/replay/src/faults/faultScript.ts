import type { Random } from '../random.ts';
import { type Admission, makeAdmission } from './admission.ts';
import type { CallFacts, DataFault, Fault, FaultRule } from './fault.ts';
import { checkedRule } from './loadFaults.ts';

/** A fault that decides what becomes of an answer's bytes. */
export type WireFault = Extract<
  Fault,
  { kind: 'silence' | 'half_close' | 'reset' | 'drip' | 'split' | 'http' | 'garbage' }
>;

/** All that happens to one call. */
export interface FaultPlan {
  readonly delayMs: number;
  /** The address is shut out: the protocol's own words for it. */
  readonly banned: boolean;
  /** A refusal in the words of the protocol, a used-up quota included. */
  readonly error: Extract<Fault, { kind: 'error' }> | undefined;
  readonly wire: WireFault | undefined;
  /** A web page in place of the answer; only for calls of akshare. */
  readonly page: 'captcha' | 'notice' | undefined;
  readonly pageCap: number | undefined;
  readonly empty: boolean;
  readonly wrongEcho: boolean;
  /** What is wrong with the rows, in the order of the rules; for the functions of `dataFaults.ts`. */
  readonly data: readonly DataFault[];
}

export interface FaultScript {
  /** Counts the call with every rule that matches it and says what happens to it. */
  plan(call: CallFacts): FaultPlan;
  add(rule: FaultRule): void;
  /** Forgets all rules, and lifts bans. */
  clear(): void;
}

interface Live {
  readonly rule: FaultRule;
  readonly admission: Admission | undefined;
  calls: number;
  strikes: number;
}

const WIRE: ReadonlySet<string> = new Set([
  'silence',
  'half_close',
  'reset',
  'drip',
  'split',
  'http',
  'garbage',
]);

const DATA: ReadonlySet<string> = new Set([
  'scale',
  'half_day',
  'changed_history',
  'late_factor',
  'moved_pages',
]);

/**
 * Several rules may strike one call: delays add up, faults of the data all count, a ban goes before an
 * error, and of two other faults of the same sort the rule that was added first counts.
 * @param now epoch milliseconds for limits and quotas
 */
export function makeFaultScript(
  rules: readonly FaultRule[],
  random: Random,
  now: () => number = Date.now,
): FaultScript {
  let live: Live[] = [];
  const add = (rule: FaultRule): void => {
    live.push({ rule: checkedRule(rule), admission: makeAdmission(rule, now), calls: 0, strikes: 0 });
  };
  rules.forEach(add);
  return {
    plan(call) {
      const faults: Fault[] = [];
      const refusals: Extract<Fault, { kind: 'error' }>[] = [];
      for (const entry of live) {
        if (!isDue(entry, call, random)) continue;
        if (entry.admission === undefined) faults.push(entry.rule.fault);
        else {
          const refusal = entry.admission.count(call);
          if (refusal !== undefined) refusals.push(refusal);
        }
      }
      const banned = live.filter(({ admission }) => admission?.refuses(call) === true).length > 0;
      const find = <K extends Fault['kind']>(kind: K): Extract<Fault, { kind: K }> | undefined =>
        faults.find((fault): fault is Extract<Fault, { kind: K }> => fault.kind === kind);
      return {
        delayMs: faults.reduce((sum, fault) => sum + (fault.kind === 'delay' ? fault.ms : 0), 0),
        banned,
        error: find('error') ?? refusals[0],
        wire: faults.find((fault): fault is WireFault => WIRE.has(fault.kind)),
        page: find('captcha')?.kind ?? find('notice')?.kind,
        pageCap: find('page_cap')?.rows,
        empty: find('empty') !== undefined,
        wrongEcho: find('wrong_echo') !== undefined,
        data: faults.filter((fault): fault is DataFault => DATA.has(fault.kind)),
      };
    },
    add,
    clear() {
      live = [];
    },
  };
}

/** Counts the call with the rule; whether its fault strikes now. Rules of admission strike by their own count. */
function isDue(entry: Live, call: CallFacts, random: Random): boolean {
  const { match, fault } = entry.rule;
  if (match.protocol !== call.protocol) return false;
  if (match.api !== undefined && match.api !== call.api) return false;
  if (match.origin !== undefined && match.origin !== call.origin) return false;
  if (match.symbol !== undefined && !call.symbols.includes(match.symbol)) return false;
  if (match.day !== undefined && match.day !== call.day) return false;
  if (fault.kind === 'ban') return true;
  if (entry.admission === undefined && spent(entry)) return false;
  entry.calls += 1;
  if (match.nth !== undefined && entry.calls !== match.nth) return false;
  if (match.every !== undefined && entry.calls % match.every !== 0) return false;
  if (match.after !== undefined && entry.calls <= match.after) return false;
  if (match.chance !== undefined && random() >= match.chance) return false;
  entry.strikes += 1;
  return true;
}

function spent({ rule, strikes: struck }: Live): boolean {
  return rule.times !== undefined && struck >= rule.times;
}
