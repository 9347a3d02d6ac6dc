/**
 * Whether what came back is what the recipe asks for. Nothing is trimmed and
 * no case is folded: a literal is the whole text.
 *
 * @module
 */

import type { ExpectedText } from "../smoke_recipe.ts";

const SHOWN_LENGTH = 300;

/** Expected and observed, of something that does not match. */
export interface Mismatch {
  readonly expected: string;
  readonly observed: string;
}

/** Holds a text against what it must be; null when it is. */
export function matchText(
  what: string,
  expected: ExpectedText | undefined,
  text: string,
): Mismatch | null {
  if (expected === undefined) return null;
  const [holds, words] = typeof expected === "string"
    ? [text === expected, quote(expected)]
    : "contains" in expected
    ? [text.includes(expected.contains), `with ${quote(expected.contains)}`]
    : [
      new RegExp(expected.matches, "u").test(text),
      `that matches /${expected.matches}/`,
    ];
  return holds ? null : { expected: `${what} ${words}`, observed: quote(text) };
}

/** Holds the values of a JSON text against those expected; null when equal. */
export function matchJson(
  expected: Readonly<Record<string, unknown>> | undefined,
  text: string,
): Mismatch | null {
  if (expected === undefined) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { expected: "JSON", observed: quote(text) };
  }
  for (const [path, wanted] of Object.entries(expected)) {
    const found = valueAt(value, path);
    if (canonical(found) !== canonical(wanted)) {
      return {
        expected: `${canonical(wanted)} at ${path}`,
        observed: found === undefined
          ? "nothing there"
          : canonical(found).slice(0, SHOWN_LENGTH),
      };
    }
  }
  return null;
}

/** The value at a path such as `$.peers[0].name`, or undefined. */
export function valueAt(value: unknown, path: string): unknown {
  let at = value;
  for (const [, member, index] of path.matchAll(/\.([\w-]+)|\[(\d+)\]/g)) {
    if (at === null || typeof at !== "object") return undefined;
    const key = member ?? index ?? "";
    if (Array.isArray(at) !== (index !== undefined)) return undefined;
    if (!Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}

/** JSON with sorted members, so that their order does not matter. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") {
    return JSON.stringify(value) ?? "nothing";
  }
  return `{${
    Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1)
      .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`)
      .join(",")
  }}`;
}

/** A text in quotes, cut where it gets long. */
export function quote(text: string): string {
  return text.length > SHOWN_LENGTH
    ? `${JSON.stringify(text.slice(0, SHOWN_LENGTH))} and ${
      text.length - SHOWN_LENGTH
    } more`
    : JSON.stringify(text);
}
