const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * A cell as a JSON number with the very digits of the cell; null for an empty one. Damage in the data
 * (letters in a number) goes out as a JSON text, so that a reader meets it as it is.
 */
export function jsonNumber(text: string): string {
  if (NUMBER.test(text)) return text;
  return text === '' ? 'null' : JSON.stringify(text);
}

/** A cell as a JSON text; null for an empty one. */
export function jsonText(text: string): string {
  return text === '' ? 'null' : JSON.stringify(text);
}
