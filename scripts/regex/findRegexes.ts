import { readFile } from 'node:fs/promises';
import { parseAst } from 'vitest/node';

/** A regular expression and where it stands. */
export interface FoundRegex {
  readonly source: string;
  readonly flags: string;
  /** `packages/core/src/day.ts:12`. */
  readonly place: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly regex?: { readonly pattern: string; readonly flags: string };
  readonly value?: unknown;
  readonly callee?: Node & { readonly name?: string };
  readonly arguments?: readonly Node[];
}

/** Not worth reading where no slash stands where a value may, and nobody calls for one. */
const MAY_HAVE_ONE = /(?:[=(,:[!&|?{};>]|return)\s*\/(?![/*])|RegExp\(/;

/**
 * The regular expressions of a file: literals, and what `RegExp` is called with where that is a literal. What is
 * put together of parts is not found; none of our own is.
 */
export async function findRegexes(root: string, path: string): Promise<readonly FoundRegex[]> {
  const text = await readFile(`${root}/${path}`, 'utf8');
  if (!MAY_HAVE_ONE.test(text)) return [];
  const found: FoundRegex[] = [];
  const visit = (node: Node): void => {
    const regex = regexOf(node);
    if (regex !== undefined) {
      const line = text.slice(0, node.start).split('\n').length;
      found.push({ ...regex, place: `${path}:${line}` });
    }
    for (const value of Object.values(node)) {
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child);
    }
  };
  visit(parseAst(text, { lang: path.endsWith('.ts') ? 'ts' : 'js' }) as unknown as Node);
  return found;
}

function regexOf(node: Node): Pick<FoundRegex, 'source' | 'flags'> | undefined {
  if (node.type === 'Literal' && node.regex !== undefined) {
    return { source: node.regex.pattern, flags: node.regex.flags };
  }
  const isCall = node.type === 'NewExpression' || node.type === 'CallExpression';
  if (!isCall || node.callee?.name !== 'RegExp') return undefined;
  const [pattern, flags] = (node.arguments ?? []).map(({ value }) => value);
  if (typeof pattern !== 'string') return undefined;
  return { source: pattern, flags: typeof flags === 'string' ? flags : '' };
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}
