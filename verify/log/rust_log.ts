/**
 * JSON diagnostics of rustc and cargo, one object in each line (rustc book,
 * "JSON Output"; Cargo book, "External tools"): cargo wraps those of the
 * compiler as `compiler-message` with the package. A line that begins as an
 * object and is none broke off, so the log is not whole.
 *
 * What another process printed into the same line before an object is passed
 * over; behind it, the line has broken off. The last line of a crate, `2
 * warnings emitted`, is held against what came before.
 *
 * @module
 */

import type { LineReader, LineResult } from "./diagnostic.ts";

/** Reads logs of `cargo --message-format=json`. */
export const cargoLog: LineReader = {
  needles: ['{"'],
  marks: [],
  start: () => (given) => {
    const line = fromObject(given);
    const object = parse(line);
    if (object === undefined) return broken(line);
    if (typeof object["reason"] !== "string") return null;
    if (object["reason"] !== "compiler-message") return { kind: "known" };
    const message = object["message"];
    return isObject(message)
      ? ofMessage(message, packageName(object["package_id"]))
      : { kind: "malformed" };
  },
};

/** Reads logs of `rustc --error-format=json`. */
export const rustcLog: LineReader = {
  needles: ['{"'],
  marks: [],
  start: () => (given) => {
    const line = fromObject(given);
    const object = parse(line);
    if (object === undefined) return broken(line);
    if ("artifact" in object) return { kind: "known" };
    return typeof object["level"] === "string" ? ofMessage(object, null) : null;
  },
};

function ofMessage(
  message: Record<string, unknown>,
  project: string | null,
): LineResult {
  const { level, code, message: text } = message;
  if (typeof level !== "string" || typeof text !== "string") {
    return { kind: "malformed" };
  }
  if (level !== "warning") return { kind: "known" };
  const name = isObject(code) && typeof code["code"] === "string"
    ? code["code"]
    : null;
  const total = name === null
    ? /^(\d{1,9}) warnings? emitted/.exec(text)
    : null;
  if (total !== null) return { kind: "total", count: Number(total[1]) };
  return {
    kind: "warning",
    diagnostic: { code: name ?? "none", project, text },
  };
}

/** `path+file:///x/name#0.1.0`, `…#name@0.1.0`, or `name 0.1.0 (…)`. */
function packageName(id: unknown): string | null {
  if (typeof id !== "string") return null;
  const [place, fragment] = id.split("#");
  if (fragment !== undefined) {
    return fragment.includes("@")
      ? fragment.split("@")[0] ?? null
      : place?.split("/").at(-1) ?? null;
  }
  return id.split(" ")[0] ?? null;
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** From the first object on: another process may have begun the line. */
function fromObject(line: string): string {
  const at = line.search(OBJECT);
  return at > 0 ? line.slice(at) : line;
}

/** How the objects of both programs begin. */
const OBJECT = /\{"(?:reason|\$message_type|message|artifact)"/;

function broken(line: string): LineResult {
  return line.startsWith('{"') ? { kind: "malformed" } : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
