/**
 * One text for each JSON value: keys sorted by UTF-16 code unit, two spaces of
 * indent, line feeds, a line feed at the end, strings as `JSON.stringify`
 * spells them. Every statement and bundle that we write has this form, so the
 * same evidence gives the same bytes, and the strict reader can refuse any
 * other spelling of a bundle.
 *
 * @module
 */

import type { Json } from "../strict_json.ts";

/** Writes a value in its one form. */
export function canonicalJson(value: Json): string {
  return write(value, "") + "\n";
}

function write(value: Json, indent: string): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const inner = indent + "  ";
  if (Array.isArray(value)) {
    return block("[", value.map((item) => write(item, inner)), "]", indent);
  }
  const members = Object.keys(value).sort().map((key) =>
    `${JSON.stringify(key)}: ${write(value[key] as Json, inner)}`
  );
  return block("{", members, "}", indent);
}

function block(
  open: string,
  items: readonly string[],
  close: string,
  indent: string,
): string {
  if (items.length === 0) return open + close;
  const inner = indent + "  ";
  return `${open}\n${inner}${items.join(`,\n${inner}`)}\n${indent}${close}`;
}
