import type { Random } from '../random.ts';
import type { CallFacts, Fault, FaultRule, Protocol } from './fault.ts';
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
  readonly error: Extract<Fault, { kind: 'error' }> | undefined;
  readonly wire: WireFault | undefined;
  readonly pageCap: number | undefined;
  readonly empty: boolean;
  readonly wrongEcho: boolean;
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

/**
 * Several rules may strike one call: delays add up, a ban goes before an error, and of two faults of
 * the same sort the rule that was added first counts.
 */
export function makeFaultScript(rules: readonly FaultRule[], random: Random): FaultScript {
  let live: Live[] = [];
  const bans = new Map<Protocol, Live>();
  const add = (rule: FaultRule): void => {
    live.push({ rule: checkedRule(rule), calls: 0, strikes: 0 });
  };
  rules.forEach(add);
  return {
    plan(call) {
      const faults = live.filter((entry) => strikes(entry, call, random)).map(({ rule }) => rule.fault);
      for (const entry of live) {
        const { match, fault } = entry.rule;
        if (
          fault.kind === 'ban' &&
          match.protocol === call.protocol &&
          entry.calls > fault.afterCalls &&
          !spent(entry)
        ) {
          bans.set(call.protocol, entry);
        }
      }
      const ban = bans.get(call.protocol);
      if (ban !== undefined) {
        ban.strikes += 1;
        if (spent(ban)) bans.delete(call.protocol);
      }
      const find = <K extends Fault['kind']>(kind: K): Extract<Fault, { kind: K }> | undefined =>
        faults.find((fault): fault is Extract<Fault, { kind: K }> => fault.kind === kind);
      return {
        delayMs: faults.reduce((sum, fault) => sum + (fault.kind === 'delay' ? fault.ms : 0), 0),
        banned: ban !== undefined,
        error: find('error'),
        wire: faults.find((fault): fault is WireFault => WIRE.has(fault.kind)),
        pageCap: find('page_cap')?.rows,
        empty: find('empty') !== undefined,
        wrongEcho: find('wrong_echo') !== undefined,
      };
    },
    add,
    clear() {
      live = [];
      bans.clear();
    },
  };
}

/** Counts the call with the rule; whether its fault strikes now. Bans count here and strike by their number. */
function strikes(entry: Live, call: CallFacts, random: Random): boolean {
  const { match, fault } = entry.rule;
  if (match.protocol !== call.protocol) return false;
  if (match.api !== undefined && match.api !== call.api) return false;
  if (match.symbol !== undefined && !call.symbols.includes(match.symbol)) return false;
  if (match.day !== undefined && match.day !== call.day) return false;
  if (fault.kind !== 'ban' && spent(entry)) return false;
  entry.calls += 1;
  if (fault.kind === 'ban') return false;
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
