/** Rules of our own, for what no rule of oxlint can say. */

interface Node {
  readonly type: string;
  readonly name?: string;
  readonly callee?: Node;
  readonly arguments?: readonly Node[];
}

interface Context {
  readonly filename: string;
  report(finding: { node: Node; message: string }): void;
}

const VAGUE = /^(utils?|helpers?|common|misc|shared|types|stuff)$/i;
const WAITS = ['sleep', 'delay', 'wait'];

/** `new Date()` reads the time; `new Date(instant)` only writes one differently. */
const noPresentDate = {
  create: (context: Context) => ({
    NewExpression(node: Node) {
      if (node.callee?.name === 'Date' && node.arguments?.length === 0) {
        context.report({ node, message: '`new Date()` reads the time: take it from the Clock.' });
      }
    },
  }),
};

/** `await sleep(500)` in a test is either too long or, on a slow machine, too short. */
const noFixedWait = {
  create: (context: Context) => ({
    CallExpression(node: Node) {
      if (node.callee?.type === 'Identifier' && WAITS.includes(node.callee.name ?? '')) {
        context.report({ node, message: 'A test waits for a signal, never for a time.' });
      }
    },
  }),
};

/** A file is named by the one noun or verb it holds. */
const noVagueFile = {
  create: (context: Context) => ({
    Program(node: Node) {
      const name = context.filename.slice(context.filename.lastIndexOf('/') + 1);
      if (VAGUE.test(name.slice(0, name.indexOf('.')))) {
        context.report({ node, message: `${name} says nothing: name the file by the one idea it holds.` });
      }
    },
  }),
};

const plugin = {
  meta: { name: 'tapekeeper' },
  rules: {
    'no-present-date': noPresentDate,
    'no-fixed-wait': noFixedWait,
    'no-vague-file': noVagueFile,
  },
};

// oxlint loads a plugin by its default export
export default plugin;
