/**
 * The values of a document one by one, each changed by itself, for lies in one
 * place, and the list of those that may be taken.
 *
 * @module
 */

import { assertEquals } from "@std/assert";

/** A place in a value. */
export type Path = readonly (string | number)[];

/** Every place below a value that holds no further values. */
export function leavesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const entries = Object.entries(value);
  return entries.length === 0
    ? [path]
    : entries.flatMap(([key, member]) =>
      leavesOf(member, [...path, Array.isArray(value) ? Number(key) : key])
    );
}

/** Another value of the same kind. */
function other(value: unknown): unknown {
  switch (typeof value) {
    case "string":
      return /^[0-9a-f]{40,64}$/.test(value)
        ? value.replace(/^./, value[0] === "0" ? "1" : "0")
        : `${value}x`;
    case "number":
      return value + 1;
    case "boolean":
      return !value;
    default:
      return Array.isArray(value) ? ["x"] : value === null ? "x" : { x: "x" };
  }
}

/** Puts another value of the same kind at a place. */
// deno-lint-ignore no-explicit-any -- what a liar writes has no type
export function change(root: any, path: Path): void {
  const parent = path.slice(0, -1).reduce((value, key) => value[key], root);
  const last = path.at(-1) ?? "";
  parent[last] = other(parent[last]);
}

/** Names of the places of a value at which a lie is taken. */
export async function freeLeaves(
  value: unknown,
  isTaken: (path: Path) => Promise<boolean>,
): Promise<string[]> {
  const free: string[] = [];
  for (const path of leavesOf(value)) {
    if (await isTaken(path)) free.push(path.join("."));
  }
  return free;
}

/** Holds what is free against a list that names and justifies it. */
export function assertJustified(
  free: readonly string[],
  justified: readonly RegExp[],
): void {
  assertEquals(
    free.filter((name) => !justified.some((pattern) => pattern.test(name))),
    [],
  );
  // A list that names what is held after all would hide the next hole.
  for (const pattern of justified) {
    assertEquals(free.some((name) => pattern.test(name)), true, `${pattern}`);
  }
}
