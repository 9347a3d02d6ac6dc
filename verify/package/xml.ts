/**
 * XML documents of packages (nuspec, tool settings, vsix manifest) as a tree:
 * elements with attributes and text (Extensible Markup Language 1.0, fifth
 * edition). Prefixes of names are dropped; comments and processing instructions
 * are passed over.
 *
 * What could mean two things is no document here: a document type (entities of
 * its own), an unknown entity, an attribute twice, tags that do not match, text
 * outside of the root, more than one root.
 *
 * @module
 */

const BYTES_MAX = 1 << 20;
const DEPTH_MAX = 32;
const ELEMENTS_MAX = 20_000;
const ENTITIES: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  apos: "'",
};
const TOKEN =
  /<!--[^]*?-->|<\?[^]*?\?>|<!\[CDATA\[([^]*?)\]\]>|<\/\s*([\w.:-]+)\s*>|<([\w.:-]+)((?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/y;
const ATTRIBUTE = /([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** An element. */
export interface XmlElement {
  /** Without a prefix. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** All text directly in it, without white space around. */
  readonly text: string;
}

interface Open {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  text: string;
}

/** The root of a document; null for one that is not read here. */
export function readXml(bytes: Uint8Array): XmlElement | null {
  if (bytes.length > BYTES_MAX) return null;
  let source: string;
  try {
    source = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
  const open: Open[] = [];
  let root: XmlElement | null = null;
  let count = 0;
  const close = (element: Open): boolean => {
    const done = { ...element, text: element.text.trim() };
    const above = open.at(-1);
    if (above !== undefined) above.children.push(done);
    else if (root !== null) return false;
    else root = done;
    return true;
  };
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const match = TOKEN.exec(source);
    if (match === null) return null;
    const [, raw, ended, started, attributeText = "", empty, text] = match;
    if (text !== undefined || raw !== undefined) {
      const plain = raw ?? resolved(text ?? "");
      if (plain === null) return null;
      const above = open.at(-1);
      if (above !== undefined) above.text += plain;
      else if (plain.trim() !== "") return null;
    } else if (started !== undefined) {
      const attributes = readAttributes(attributeText);
      if (attributes === null) return null;
      if (++count > ELEMENTS_MAX || open.length >= DEPTH_MAX) return null;
      const element = {
        name: local(started),
        attributes,
        children: [],
        text: "",
      };
      if (empty !== "/") open.push(element);
      else if (!close(element)) return null;
    } else if (ended !== undefined) {
      const element = open.pop();
      if (element?.name !== local(ended) || !close(element)) return null;
    }
  }
  return open.length === 0 ? root : null;
}

/** The one child of a name; undefined for none or several. */
export function onlyChild(
  element: XmlElement | undefined,
  name: string,
): XmlElement | undefined {
  const all = childrenOf(element, name);
  return all.length === 1 ? all[0] : undefined;
}

/** Every child of a name. */
export function childrenOf(
  element: XmlElement | undefined,
  name: string,
): readonly XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

function readAttributes(text: string): Map<string, string> | null {
  const attributes = new Map<string, string>();
  for (const [, name = "", double, single] of text.matchAll(ATTRIBUTE)) {
    const value = resolved(double ?? single ?? "");
    const own = name.startsWith("xmlns") ? name : local(name);
    if (value === null || attributes.has(own)) return null;
    attributes.set(own, value);
  }
  return attributes;
}

function local(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

/** Text with its entities resolved; null for an entity that is not known. */
function resolved(text: string): string | null {
  let known = true;
  const plain = text.replace(/&([^;&\s]*)(;?)/g, (_, name: string, end) => {
    const number = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(name);
    const code = number === null
      ? undefined
      : number[1] === undefined
      ? Number(number[2])
      : parseInt(number[1], 16);
    if (end === ";" && Object.hasOwn(ENTITIES, name)) {
      return ENTITIES[name] ?? "";
    }
    if (end === ";" && code !== undefined && code > 0 && code <= 0x10ffff) {
      return String.fromCodePoint(code);
    }
    known = false;
    return "";
  });
  return known ? plain : null;
}
