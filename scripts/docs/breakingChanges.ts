interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

/** An OpenAPI document, as far as it is compared. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const DEEPEST = 12;

/**
 * What of a document would break clients of a former one: operations, parameters, fields and words that are gone,
 * types that are others, and what must be given by now. What is new besides breaks nobody.
 */
export function breakingChanges(former: ApiDocument, now: ApiDocument): readonly string[] {
  return Object.entries(former.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) => {
      const place = `${method.toUpperCase()} ${path}`;
      const successor = now.paths[path]?.[method];
      if (successor === undefined) return [`${place} is gone`];
      return [
        ...parameterChanges(place, operation, successor),
        ...bodyChanges(place, [former, operation], [now, successor]),
        ...answerChanges(place, [former, operation], [now, successor]),
      ];
    }),
  );
}

function parameterChanges(place: string, former: Operation, now: Operation): string[] {
  const known = former.parameters ?? [];
  const left = now.parameters ?? [];
  const gone = known.filter((one) => !left.some((other) => other.name === one.name && other.in === one.in));
  const demanded = left.filter(
    (one) => one.required === true && !known.some((other) => other.name === one.name && other.required),
  );
  return [
    ...gone.map(({ name }) => `${place}: the parameter ${name} is gone`),
    ...demanded.map(({ name }) => `${place}: the parameter ${name} must be given`),
  ];
}

type Within = readonly [document: ApiDocument, operation: Operation];

function bodyChanges(place: string, [formerDocument, former]: Within, [nowDocument, now]: Within): string[] {
  const schema = jsonOf(now.requestBody);
  if (schema === undefined) return [];
  return compare({ place: `${place}: body`, sent: true, former: formerDocument, now: nowDocument })(
    jsonOf(former.requestBody) ?? {},
    schema,
  );
}

function answerChanges(
  place: string,
  [formerDocument, former]: Within,
  [nowDocument, now]: Within,
): string[] {
  return Object.entries(former.responses).flatMap(([status, answer]) => {
    const successor = now.responses[status];
    if (successor === undefined) return [`${place}: ${status} is answered no more`];
    const types = Object.keys(answer.content ?? {}).filter((type) => !(type in (successor.content ?? {})));
    const [before, after] = [jsonOf(answer), jsonOf(successor)];
    const within = { place: `${place}: ${status}`, sent: false, former: formerDocument, now: nowDocument };
    return [
      ...types.map((type) => `${place}: ${status} comes as ${type} no more`),
      ...(before === undefined || after === undefined ? [] : compare(within)(before, after)),
    ];
  });
}

function jsonOf({ content }: Content = {}): Schema | undefined {
  return content?.['application/json']?.schema;
}

interface Comparison {
  readonly place: string;
  /** Whether clients send it: then what is demanded breaks them, and else what is gone. */
  readonly sent: boolean;
  readonly former: ApiDocument;
  readonly now: ApiDocument;
}

function compare({ place, sent, former, now }: Comparison): (before: Schema, after: Schema) => string[] {
  const walk = (path: string, before: Schema, after: Schema, depth: number): string[] => {
    const [was, is] = [resolved(former, before), resolved(now, after)];
    if (depth > DEEPEST) return [];
    if (was.type !== undefined && is.type !== undefined && wordsOf(was.type) !== wordsOf(is.type))
      return [`${place}${path} was ${wordsOf(was.type)} and is ${wordsOf(is.type)}`];
    const fields = Object.entries(was.properties ?? {}).flatMap(([name, field]) => {
      const successor = is.properties?.[name];
      if (successor !== undefined) return walk(`${path}.${name}`, field, successor, depth + 1);
      return is.properties === undefined ? [] : [`${place}${path}.${name} is gone`];
    });
    const demanded = (is.required ?? []).filter((name) => sent && !(was.required ?? []).includes(name));
    const missing = (was.required ?? []).filter((name) => !sent && !(is.required ?? []).includes(name));
    const words = sent
      ? (was.enum ?? []).filter((word) => is.enum !== undefined && !is.enum.includes(word))
      : [];
    const items = was.items && is.items ? walk(`${path}[]`, was.items, is.items, depth + 1) : [];
    return [
      ...fields,
      ...items,
      ...demanded.map((name) => `${place}${path}.${name} must be given`),
      ...missing
        .filter((name) => is.properties?.[name] !== undefined)
        .map((name) => `${place}${path}.${name} may be missing`),
      ...words.map((word) => `${place}${path} takes ${JSON.stringify(word)} no more`),
    ];
  };
  return (before, after) => walk('', before, after, 0);
}

function wordsOf(type: string | readonly string[]): string {
  return [type].flat().join(' or ');
}

function resolved({ components }: ApiDocument, schema: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : (components.schemas[name] ?? {});
}
