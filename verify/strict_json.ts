/**
 * JSON that has one meaning only. `JSON.parse` keeps the last of two equal
 * keys, so two readers of one signed file may see different documents; this
 * reader refuses that, a byte order mark, `__proto__` keys, numbers that lose
 * precision, lone surrogates, and documents that are too deep or too long.
 * Grammar: RFC 8259.
 *
 * @module
 */

import { ReproofError } from "./error.ts";
import { LIMITS } from "./limits.ts";
import { decodeUtf8 } from "./utf8.ts";

/** Any JSON value. */
export type Json =
  | null
  | boolean
  | number
  | string
  | Json[]
  | { [key: string]: Json };

/**
 * The value at a path of member names, or undefined where a member is absent
 * or something on the way is no object.
 */
export function jsonAt(
  value: Json,
  names: readonly string[],
): Json | undefined {
  let current: Json | undefined = value;
  for (const name of names) {
    if (
      current === null || typeof current !== "object" ||
      !Object.hasOwn(current, name)
    ) return undefined;
    current = (current as Record<string, Json>)[name];
  }
  return current;
}

/**
 * Parses a document strictly.
 *
 * @param source Bytes in UTF-8, or text.
 * @param what Name of the document for messages, such as a file name.
 * @throws {ReproofError} `json-invalid` with line, column and JSON path.
 */
export function parseStrictJson(
  source: Uint8Array | string,
  what: string,
): Json {
  if (source.length > LIMITS.jsonBytesMax) {
    throw new ReproofError("json-invalid", `Parsing "${what}"`, {
      expected: `at most ${LIMITS.jsonBytesMax} bytes`,
      observed: `${source.length}`,
    });
  }
  const text = typeof source === "string" ? source : decodeUtf8(source);
  if (typeof text !== "string") {
    throw new ReproofError(
      "json-invalid",
      `Parsing "${what}" at byte ${text.offset}`,
      { expected: "UTF-8", observed: "bytes that are not UTF-8" },
    );
  }
  return new StrictJsonParser(text, what).document();
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
// deno-lint-ignore no-control-regex
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const SPACE = /[ \t\n\r]*/y;

class StrictJsonParser {
  #at = 0;
  #path: (string | number)[] = [];
  readonly #text: string;
  readonly #what: string;

  constructor(text: string, what: string) {
    this.#text = text;
    this.#what = what;
  }

  document(): Json {
    const value = this.#value();
    this.#space();
    if (this.#at !== this.#text.length) this.#fail("the end of the document");
    return value;
  }

  #value(): Json {
    this.#space();
    if (this.#path.length > LIMITS.jsonDepthMax) {
      this.#fail(`at most ${LIMITS.jsonDepthMax} levels`);
    }
    switch (this.#text[this.#at]) {
      case "{":
        return this.#object();
      case "[":
        return this.#array();
      case '"':
        return this.#string();
      case "t":
        return this.#word("true", true);
      case "f":
        return this.#word("false", false);
      case "n":
        return this.#word("null", null);
      default:
        return this.#number();
    }
  }

  #object(): Json {
    const result: { [key: string]: Json } = {};
    this.#at++;
    this.#space();
    if (this.#take("}")) return result;
    while (true) {
      this.#space();
      if (this.#text[this.#at] !== '"') this.#fail("a quoted key");
      const start = this.#at;
      const key = this.#string();
      if (Object.hasOwn(result, key) || key === "__proto__") {
        this.#at = start;
        this.#fail(
          key === "__proto__" ? 'a key other than "__proto__"' : "unique keys",
          `"${key}"${key === "__proto__" ? "" : " twice"}`,
        );
      }
      this.#space();
      if (!this.#take(":")) this.#fail('":"');
      this.#path.push(key);
      result[key] = this.#value();
      this.#path.pop();
      this.#space();
      if (this.#take("}")) return result;
      if (!this.#take(",")) this.#fail('"," or "}"');
    }
  }

  #array(): Json {
    const result: Json[] = [];
    this.#at++;
    this.#space();
    if (this.#take("]")) return result;
    while (true) {
      this.#path.push(result.length);
      result.push(this.#value());
      this.#path.pop();
      this.#space();
      if (this.#take("]")) return result;
      if (!this.#take(",")) this.#fail('"," or "]"');
    }
  }

  #string(): string {
    const start = this.#at++;
    while (true) {
      PLAIN.lastIndex = this.#at;
      PLAIN.test(this.#text);
      this.#at = PLAIN.lastIndex;
      const character = this.#text[this.#at];
      if (character === '"') break;
      if (character !== "\\") this.#fail("a closing quote");
      this.#at += 2;
    }
    this.#at++;
    const literal = this.#text.slice(start, this.#at);
    let value: string;
    try {
      value = JSON.parse(literal) as string;
    } catch {
      this.#at = start;
      this.#fail("a valid string escape");
    }
    if (!value.isWellFormed()) {
      this.#at = start;
      this.#fail("well-formed Unicode", "a lone surrogate");
    }
    return value;
  }

  #number(): number {
    NUMBER.lastIndex = this.#at;
    const literal = NUMBER.exec(this.#text)?.[0];
    if (literal === undefined) this.#fail("a value");
    const value = Number(literal);
    const integer = !/[.eE]/.test(literal);
    if (!Number.isFinite(value) || integer && !Number.isSafeInteger(value)) {
      this.#fail("a number that fits a double exactly", literal);
    }
    this.#at += literal.length;
    return value;
  }

  #word<T extends Json>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) this.#fail("a value");
    this.#at += word.length;
    return value;
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #space(): void {
    // Most often there is none.
    if (this.#text.charCodeAt(this.#at) > 0x20) return;
    SPACE.lastIndex = this.#at;
    SPACE.test(this.#text);
    this.#at = SPACE.lastIndex;
  }

  #fail(expected: string, observed?: string): never {
    const before = this.#text.slice(0, this.#at);
    const line = before.split("\n").length;
    const column = this.#at - before.lastIndexOf("\n");
    const character = this.#text[this.#at];
    throw new ReproofError(
      "json-invalid",
      `Parsing "${this.#what}" at line ${line}, column ${column}, path ${
        jsonPath(this.#path)
      }`,
      {
        expected,
        observed: observed ??
          (character === undefined ? "the end of the text" : `"${character}"`),
      },
    );
  }
}

/** Writes a path as `$.targets[0].name`. */
export function jsonPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === "number"
        ? `${text}[${part}]`
        : /^[A-Za-z_][\w-]*$/.test(String(part))
        ? `${text}.${String(part)}`
        : `${text}[${JSON.stringify(String(part))}]`,
    "$",
  );
}
