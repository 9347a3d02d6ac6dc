/**
 * Configuration documents (recipe, lock, policy): strict JSON, then a zod
 * schema, then one readable line for the first problem, with a suggestion
 * where a key or value is a near miss.
 *
 * @module
 */

import { closestString } from "@std/text/closest-string";
import type { z } from "zod";
import type { Code } from "./catalogue/mod.ts";
import { UsageError } from "./error.ts";
import { type Json, jsonPath, parseStrictJson } from "./strict_json.ts";

/** A document's schema with what its problems are called. */
export interface DocumentKind<T> {
  readonly schema: z.ZodType<T>;
  /** Code of a document that does not fit the schema. */
  readonly code: Code;
  /** Known keys at a path, for suggestions on unknown ones. */
  readonly keysAt?: (path: readonly PropertyKey[]) => readonly string[];
}

/**
 * Parses and validates a document.
 *
 * @param source Bytes in UTF-8, or text.
 * @param what Name of the document for messages.
 * @throws {UsageError} `json-invalid` or the kind's code, for the first problem.
 */
export function parseDocument<T>(
  kind: DocumentKind<T>,
  source: Uint8Array | string,
  what: string,
): T {
  let value: Json;
  try {
    value = parseStrictJson(source, what);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new UsageError("json-invalid", error.message, { cause: error });
  }
  const result = kind.schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const doing = `Reading "${what}"`;
  if (issue === undefined) throw new UsageError(kind.code, doing);
  const at = jsonPath(issue.path);
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0] ?? "";
    const known = kind.keysAt?.(issue.path) ??
      schemaKeys(kind.schema, issue.path);
    throw new UsageError(kind.code, doing, {
      expected: known.length === 0
        ? `only known keys at ${at}`
        : `one of the keys ${
          known.map((name) => `"${name}"`).join(", ")
        } at ${at}`,
      observed: `"${key}"`,
      ...(known.length === 0
        ? {}
        : { next: `Did you mean "${closestString(key, known)}"?` }),
    });
  }
  throw new UsageError(kind.code, `${doing} at ${at}`, {
    expected: issue.message,
    observed: describe(valueAt(value, issue.path)),
  });
}

function valueAt(value: Json, path: readonly PropertyKey[]): Json | undefined {
  let current: Json | undefined = value;
  for (const part of path) {
    if (current === null || typeof current !== "object") return undefined;
    current = (current as Record<PropertyKey, Json>)[part];
  }
  return current;
}

function describe(value: Json | undefined): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}

/** Keys that an object schema knows at a path, read from the schema itself. */
function schemaKeys(
  schema: z.ZodType,
  path: readonly PropertyKey[],
): readonly string[] {
  // deno-lint-ignore no-explicit-any
  let current: any = schema;
  for (const part of [...path, undefined]) {
    while (current?._zod?.def?.innerType ?? current?._zod?.def?.in) {
      current = current._zod.def.innerType ?? current._zod.def.in;
    }
    if (part === undefined) break;
    const def = current?._zod?.def;
    current = def?.shape?.[part] ?? def?.valueType ?? def?.element;
  }
  return Object.keys(current?._zod?.def?.shape ?? {});
}
