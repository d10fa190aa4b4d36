/** Shorter pieces turn up in texts by chance. */
const SHORTEST = 8;

/**
 * Everything of a secret that must turn up in no text: the whole, its words, and of an address the path and what
 * its query holds, since services put their tokens there.
 * @example secretForms('https://example.com/hook?key=0123456789 SECabcdefgh')
 */
export function secretForms(text: string): readonly string[] {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const forms = [text, ...words, ...words.flatMap(partsOfAddress)];
  return [...new Set(forms)].filter((form) => form.length >= SHORTEST);
}

function partsOfAddress(word: string): readonly string[] {
  const url = /^https?:\/\//i.test(word) ? URL.parse(word) : null;
  if (url === null) return [];
  const segments = url.pathname.split('/').slice(-1);
  return [url.href, `${url.pathname}${url.search}`, ...segments, ...url.searchParams.values(), url.password];
}
