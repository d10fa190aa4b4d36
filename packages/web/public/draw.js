/**
 * Drawing without surprises: a node is made once and changed only where its content has changed, so that
 * nothing moves under the pointer, selections stay, and readers are not told the same thing again.
 * Text only ever goes in as text.
 */

/** Makes an element: `el('td', 'figure', [child, 'text'])`. */
export function el(tag, className = '', children = []) {
  const node = document.createElement(tag);
  if (className !== '') node.className = className;
  node.append(...children);
  return node;
}

export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function setAttribute(node, name, value) {
  if (value === null) node.removeAttribute(name);
  else if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

export function setHidden(node, hidden) {
  if (node.hidden !== hidden) node.hidden = hidden;
}

const drawn = new WeakMap();

/**
 * Keeps one child for each item, by key and in order. `make` gives an object with the child as `node`;
 * `update` fills it.
 */
export function keep(parent, items, keyOf, make, update) {
  const before = drawn.get(parent) ?? new Map();
  const after = new Map();
  items.forEach((item, index) => {
    const key = keyOf(item);
    const view = before.get(key) ?? make(item);
    after.set(key, view);
    if (parent.children[index] !== view.node) parent.insertBefore(view.node, parent.children[index] ?? null);
    update(view, item);
  });
  for (const [key, view] of before) if (!after.has(key)) view.node.remove();
  drawn.set(parent, after);
}

/** Icons of 12 by 12; a state is told by its shape and its word, and only then by its colour. */
const ICONS = {
  ok: 'M2 6.5 4.8 9 10 3.2',
  bad: 'm2.5 2.5 7 7m0-7-7 7',
  run: 'M6 2a4 4 0 1 1-4 4',
  warn: 'M6 1.5 11 10.5H1zM6 5v2.6M6 8.6v.8',
  gaps: 'M1.5 6h2.6M7.9 6h2.6M4.8 3.5v5M7.2 3.5v5',
  late: 'M6 1.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM6 3.5V6l1.8 1.2',
  pause: 'M4 2.5v7M8 2.5v7',
  stop: 'M3 3h6v6H3z',
  idle: 'M6 4.4a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2z',
  never: 'M3 6h6',
};

const SVG = 'http://www.w3.org/2000/svg';

function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  svg.setAttribute('viewBox', '0 0 12 12');
  svg.setAttribute('aria-hidden', 'true');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

/** A state as icon, word and colour. */
export function chip() {
  const node = el('span', 'chip');
  const word = el('span');
  node.append(word);
  return { node, word, icon: undefined };
}

export function setChip(view, { tone, icon: name, text }) {
  if (view.icon !== name) {
    view.node.replaceChildren(icon(name), view.word);
    view.icon = name;
  }
  const className = `chip ${tone}`;
  if (view.node.className !== className) view.node.className = className;
  setText(view.word, text);
}

const RUN_CHIPS = {
  pending: { tone: 'idle', icon: 'idle' },
  running: { tone: 'run', icon: 'run' },
  paused: { tone: 'idle', icon: 'pause' },
  success: { tone: 'ok', icon: 'ok' },
  success_with_errors: { tone: 'warn', icon: 'warn' },
  failed: { tone: 'bad', icon: 'bad' },
  cancelled: { tone: 'idle', icon: 'stop' },
  skipped: { tone: 'idle', icon: 'never' },
  missed: { tone: 'warn', icon: 'late' },
};

const JOB_CHIPS = {
  enabled: { tone: 'ok', icon: 'ok' },
  paused: { tone: 'idle', icon: 'pause' },
  disabled: { tone: 'idle', icon: 'never' },
};

/** The chip of a state of a run. */
export function runChip(state, words) {
  return { ...RUN_CHIPS[state], text: words.runState[state] };
}

/** The chip of a state of a job. */
export function jobChip(state, words) {
  return { ...JOB_CHIPS[state], text: words.jobState[state] };
}
