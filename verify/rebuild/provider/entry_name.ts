/**
 * Names of archive entries that may become paths: relative, below the root,
 * without a part that a file system or a terminal would read as more than a
 * name. Names that differ in case alone are taken: toolchains have them, and
 * a file system that folds case refuses the second by itself.
 *
 * @module
 */

import { ReproofError } from "../../error.ts";
import { escapeText } from "../../escape.ts";

const NAME_LENGTH_MAX = 1_024;

/** Refuses an archive for one of its entries. */
export function refuseEntry(
  name: string,
  expected: string,
  observed: string,
): never {
  throw new ReproofError(
    "toolchain-archive-refused",
    `Unpacking "${name}"`,
    { expected, observed },
  );
}

/**
 * The parts of a name below the root.
 *
 * @throws {ReproofError} `toolchain-archive-refused`.
 */
export function entryParts(name: string): string[] {
  const parts = name.split("/");
  if (
    name === "" || name.length > NAME_LENGTH_MAX || name.includes("\\") ||
    name.includes("\ufffd") || escapeText(name) !== name ||
    /^[A-Za-z]:/.test(name) ||
    parts.some((part) => part === "" || part === "." || part === "..")
  ) {
    refuseEntry(
      name,
      "a relative name that stays below the root",
      "another one",
    );
  }
  return parts;
}

/** Where a link leads from its place, or undefined when it leaves the root. */
export function linkPlace(
  parts: readonly string[],
  target: string,
): string | undefined {
  if (target === "" || target.startsWith("/") || target.includes("\\")) {
    return undefined;
  }
  const place = parts.slice(0, -1);
  for (const part of target.split("/")) {
    if (part === "..") {
      if (place.pop() === undefined) return undefined;
    } else if (part !== "" && part !== ".") place.push(part);
  }
  return place.join("/");
}
