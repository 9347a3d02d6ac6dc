/**
 * A strict reader of the XML that JUnit reports are made of: elements,
 * attributes in double quotes, text, decimal character references. Anything
 * else, and anything that is not well-formed, throws.
 *
 * @module
 */

/** An element. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

const TOKEN =
  /<\?xml version="1\.0" encoding="UTF-8"\?>|<\/([a-z-]+)>|<([a-z-]+)((?: [a-zA-Z:-]+="[^"<]*")*)>|([^<]+)/y;
const ILLEGAL =
  // deno-lint-ignore no-control-regex
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** Reads a document. */
export function readXml(document: string): XmlElement {
  if (ILLEGAL.test(document)) throw new Error("a character XML does not have");
  interface Open {
    name: string;
    attributes: Record<string, string>;
    children: XmlElement[];
    text: string;
  }
  const root: Open = { name: "", attributes: {}, children: [], text: "" };
  const stack = [root];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < document.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(document);
    if (match === null) throw new Error(`not XML at ${at}`);
    const [, end, start, attributes, text] = match;
    const top = stack.at(-1) ?? root;
    if (end !== undefined) {
      if (top.name !== end) throw new Error(`</${end}> closes ${top.name}`);
      stack.pop();
    } else if (start !== undefined) {
      const element: Open = {
        name: start,
        attributes: Object.fromEntries(
          [...(attributes ?? "").matchAll(/ ([a-zA-Z:-]+)="([^"]*)"/g)]
            .map(([, name, value]) => [name ?? "", decode(value ?? "")]),
        ),
        children: [],
        text: "",
      };
      top.children.push(element);
      stack.push(element);
    } else if (text !== undefined) top.text += decode(text);
  }
  const [only] = root.children;
  if (stack.length !== 1 || only === undefined || root.children.length > 1) {
    throw new Error("not one whole element");
  }
  return only;
}

function decode(text: string): string {
  if (/&(?!#\d+;)/.test(text)) throw new Error(`a bare & in "${text}"`);
  return text.replace(
    /&#(\d+);/g,
    (_, code) => String.fromCodePoint(Number(code)),
  );
}
