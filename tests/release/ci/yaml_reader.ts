/**
 * A strict reader of the YAML that our workflows are made of: block mappings
 * and sequences by two spaces, plain and double-quoted scalars, literal blocks
 * and flow sequences of scalars. Anything else throws, repeated keys included.
 *
 * @module
 */

/** A value of a document. */
export type Yaml = string | null | Yaml[] | { [key: string]: Yaml };

interface Line {
  readonly indent: number;
  readonly text: string;
  readonly number: number;
}

/** Reads a document. */
export function readYaml(document: string): Yaml {
  if (!document.endsWith("\n") || /[\t\r]| \n/.test(document)) {
    throw new Error("a tab, a trailing space or no end of line");
  }
  const lines = document.slice(0, -1).split("\n").map((text, index): Line => ({
    indent: text.length - text.trimStart().length,
    text: text.trimStart(),
    number: index + 1,
  }));
  const reader = new Reader(lines);
  const value = reader.block(0);
  if (!reader.done) throw new Error("text after the end");
  return value;
}

class Reader {
  #lines: Line[];
  #at = 0;

  constructor(lines: Line[]) {
    this.#lines = lines;
  }

  get done(): boolean {
    return this.#at === this.#lines.length;
  }

  block(indent: number): Yaml {
    const line = this.#lines[this.#at];
    if (line === undefined || line.indent !== indent) {
      throw new Error(`line ${line?.number}: indented otherwise`);
    }
    return line.text.startsWith("- ")
      ? this.#sequence(indent)
      : this.#mapping(indent);
  }

  #sequence(indent: number): Yaml[] {
    const items: Yaml[] = [];
    for (;;) {
      const line = this.#lines[this.#at];
      if (line?.indent !== indent || !line.text.startsWith("- ")) return items;
      const rest = line.text.slice(2);
      if (KEY.test(rest)) {
        // The first key of a mapping stands where the text begins.
        this.#lines[this.#at] = { ...line, indent: indent + 2, text: rest };
        items.push(this.#mapping(indent + 2));
      } else {
        this.#at++;
        items.push(scalar(rest, line));
      }
    }
  }

  #mapping(indent: number): Yaml {
    const members: { [key: string]: Yaml } = {};
    for (;;) {
      const line = this.#lines[this.#at];
      if (line === undefined || line.indent < indent) return members;
      const match = line.indent === indent ? KEY.exec(line.text) : null;
      if (match === null) {
        if (line.indent === indent && line.text.startsWith("- ")) {
          return members;
        }
        throw new Error(`line ${line.number}: no key`);
      }
      const [, key = "", rest = ""] = match;
      if (Object.hasOwn(members, key)) {
        throw new Error(`line ${line.number}: "${key}" twice`);
      }
      this.#at++;
      members[key] = rest === "|"
        ? this.#literal(indent)
        : rest !== ""
        ? scalar(rest, line)
        : this.#nested(indent);
    }
  }

  #nested(indent: number): Yaml {
    const next = this.#lines[this.#at];
    if (next === undefined || next.indent <= indent) return null;
    return this.block(indent + 2);
  }

  #literal(indent: number): string {
    let text = "";
    for (;;) {
      const line = this.#lines[this.#at];
      if (line === undefined || line.indent <= indent) return text;
      text += " ".repeat(line.indent - indent - 2) + line.text + "\n";
      this.#at++;
    }
  }
}

const KEY = /^([A-Za-z][A-Za-z0-9_-]*):(?: (.+))?$/;

function scalar(text: string, line: Line): Yaml {
  const fail = () => new Error(`line ${line.number}: "${text}"`);
  if (/^\[.*\]$/.test(text)) {
    return text.slice(1, -1).split(", ").map((item) => scalar(item, line));
  }
  if (text.startsWith('"')) {
    if (!/^"[^"\\]*"$/.test(text)) throw fail();
    return text.slice(1, -1);
  }
  // What a plain scalar may not begin with or hold (YAML 1.2.2, 7.3.3).
  if (/^[-?:,[\]{}#&*!|>'"%@`]/.test(text) || /: |:$| #/.test(text)) {
    throw fail();
  }
  return text;
}
