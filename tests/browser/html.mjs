// Turns HTML text into its tags, without a browser: enough for pages that a program wrote.
const TOKEN = /<!--[\s\S]*?-->|<!doctype[^>]*>|<(script|style|textarea|title)\b([^>]*)>([\s\S]*?)<\/\1>|<(\/?)([a-z][a-z0-9-]*)((?:"[^"]*"|'[^']*'|[^'">])*)>/gi;
const ATTRIBUTE = /([^\s"'>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g;
const NAMED = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** [{name, attributes, at}] of every start tag. */
export function tags(html) {
  const found = [];
  for (const match of html.matchAll(TOKEN)) {
    const name = match[1] ?? (match[4] ? undefined : match[5]);
    if (name) found.push({ name: name.toLowerCase(), attributes: attributes(match[2] ?? match[6] ?? ''), at: match.index });
  }
  return found;
}

/** The text of the elements whose start tag `pattern` finds, up to `</name>`; no nesting of one name. */
export function inside(html, pattern, name) {
  return [...html.matchAll(pattern)].map((match) => {
    const from = match.index + match[0].length;
    return html.slice(from, html.indexOf(`</${name}>`, from));
  });
}

export function decode(text) {
  return text.replace(/&(#x?[0-9a-f]+|[a-z]+);/gi, (whole, body) => {
    if (body[0] !== '#') return NAMED[body] ?? whole;
    const hex = body[1] === 'x' || body[1] === 'X';
    return String.fromCodePoint(parseInt(body.slice(hex ? 2 : 1), hex ? 16 : 10));
  });
}

export const plain = (html) => decode(html.replace(/<[^>]*>/g, ''));

function attributes(text) {
  const found = {};
  for (const [, name, ...values] of text.matchAll(ATTRIBUTE)) {
    found[name.toLowerCase()] ??= decode(values.find((value) => value !== undefined) ?? '');
  }
  return found;
}
