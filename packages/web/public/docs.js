// The document of the interface as a page. Everything of it is put in as text, never as markup.

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const DEEPEST = 4;

/** An element with children, which are elements or texts. */
function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** The schema itself where one stands for it. */
function resolve(spec, schema) {
  const name = schema?.$ref?.split('/').at(-1);
  return name === undefined ? (schema ?? {}) : (spec.components.schemas[name] ?? {});
}

/** `text`, `number 1…500`, `Run[]`: what a value may be, in a few words. */
function wordsOf(schema) {
  if (schema?.$ref) return schema.$ref.split('/').at(-1);
  if (schema?.const !== undefined) return JSON.stringify(schema.const);
  if (schema?.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const union = schema?.anyOf ?? schema?.oneOf;
  if (union) return union.map((one) => wordsOf(one)).join(' | ');
  if (schema?.type === 'array') return `${wordsOf(schema.items)}[]`;
  const bounds = [schema?.minimum ?? schema?.minLength, schema?.maximum ?? schema?.maxLength];
  const known = bounds.some((bound) => bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER);
  const range = known ? ` ${bounds[0] ?? ''}…${bounds[1] ?? ''}` : '';
  return `${[schema?.type ?? 'anything'].flat().join(' | ')}${range}`;
}

/** The fields of a schema with those inside them, as rows of a table: name, words, about. */
function fieldsOf(spec, schema, prefix = '', depth = 0) {
  const plain = resolve(spec, schema);
  if (depth > DEEPEST) return [];
  if (plain.type === 'array') return fieldsOf(spec, plain.items, `${prefix}[]`, depth + 1);
  const union = plain.anyOf ?? plain.oneOf;
  if (union) return union.flatMap((one) => fieldsOf(spec, one, prefix, depth + 1));
  return Object.entries(plain.properties ?? {}).flatMap(([name, field]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const mark = plain.required?.includes(name) ? '' : '?';
    return [[`${path}${mark}`, wordsOf(field), aboutOf(field)], ...fieldsOf(spec, field, path, depth + 1)];
  });
}

function aboutOf(schema) {
  const fallback = schema.default === undefined ? '' : `default: ${JSON.stringify(schema.default)}`;
  return [schema.description, fallback].filter(Boolean).join('; ');
}

function table(head, rows) {
  if (rows.length === 0) return null;
  const line = (cell, texts) => make('tr', {}, ...texts.map((text) => make(cell, {}, text)));
  return make('table', {}, line('th', head), ...rows.map((row) => line('td', row)));
}

function section(title, ...parts) {
  const shown = parts.filter((part) => part !== null);
  return shown.length === 0 ? null : make('section', {}, make('h4', {}, title), ...shown);
}

/** A command that asks it. */
function exampleOf(method, path, operation) {
  const body = operation.requestBody ? ` \\\n  -H 'content-type: application/json' -d '{…}'` : '';
  const verb = method === 'get' ? '' : ` -X ${method.toUpperCase()}`;
  return `curl${verb} -H "authorization: Bearer $TOKEN" ${location.origin}${path}${body}`;
}

function operationOf(spec, path, method, operation) {
  const parameters = (operation.parameters ?? []).map((one) => [
    `${one.name}${one.required ? '' : '?'}`,
    `${one.in}: ${wordsOf(one.schema)}`,
    one.description ?? aboutOf(one.schema ?? {}),
  ]);
  const sent = Object.values(operation.requestBody?.content ?? {}).map((one) => one.schema);
  const answers = Object.entries(operation.responses).flatMap(([status, answer]) =>
    Object.entries(answer.content ?? {}).map(([type, one]) => {
      const fields = table(['field', 'what', 'about'], fieldsOf(spec, one.schema));
      return make(
        'details',
        {},
        make('summary', {}, make('b', {}, status), `${type} ${wordsOf(one.schema)}`),
        make('div', { class: 'inside' }, fields),
      );
    }),
  );
  const title = `${operation.operationId} ${path} ${operation.summary ?? ''}`.toLowerCase();
  return make(
    'details',
    { id: operation.operationId, 'data-find': title },
    make(
      'summary',
      {},
      make('b', {}, method.toUpperCase()),
      make('code', {}, path),
      make('span', {}, operation.summary ?? ''),
    ),
    make(
      'div',
      { class: 'inside' },
      make('pre', {}, exampleOf(method, path, operation)),
      section('Parameters', table(['name', 'what', 'about'], parameters)),
      section('Body', ...sent.map((one) => table(['field', 'what', 'about'], fieldsOf(spec, one)))),
      section('Answers', ...answers),
    ),
  );
}

function draw(spec) {
  const operations = Object.entries(spec.paths).flatMap(([path, methods]) =>
    METHODS.filter((method) => methods[method]).map((method) => ({
      tag: methods[method].tags?.[0] ?? '',
      element: operationOf(spec, path, method, methods[method]),
    })),
  );
  const tags = [...new Set([...spec.tags.map(({ name }) => name), ...operations.map(({ tag }) => tag)])];
  return tags.flatMap((tag) => {
    const own = operations.filter((one) => one.tag === tag);
    if (own.length === 0) return [];
    const about = spec.tags.find(({ name }) => name === tag)?.description ?? '';
    return [
      make(
        'section',
        {},
        make('h2', { id: `tag-${tag}` }, tag),
        make('p', {}, about),
        ...own.map(({ element }) => element),
      ),
    ];
  });
}

function find(text) {
  for (const one of document.querySelectorAll('[data-find]')) {
    one.hidden = !text
      .toLowerCase()
      .split(/\s+/)
      .every((word) => one.dataset.find.includes(word));
  }
}

/** What a link names is opened. */
function openNamed() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named instanceof HTMLDetailsElement) named.open = true;
  named?.scrollIntoView();
}

const main = document.getElementById('docs');
try {
  const answer = await fetch('/openapi.json');
  const body = await answer.json();
  if (answer.ok) main.replaceChildren(...draw(body));
  else main.replaceChildren(make('p', { role: 'alert' }, body.detail));
} catch (error) {
  main.replaceChildren(make('p', { role: 'alert' }, `The document could not be read: ${error.message}`));
}
main.setAttribute('aria-busy', 'false');
document.getElementById('find').addEventListener('input', (event) => find(event.target.value));
addEventListener('hashchange', openNamed);
openNamed();
