/**
 * Members of a JSON object as Go's `encoding/json` finds them, with which
 * container runtimes read images: by name, whatever its case. Two members
 * whose names differ in case alone are read differently by different programs,
 * so an object with such a pair has no meaning here.
 *
 * @module
 */

import { isObject } from "../format/oci.ts";
import type { Json } from "../strict_json.ts";

/** The path of the first pair of names that differ in case alone, or null. */
export function ambiguousName(value: Json): string | null {
  const work: [string, Json][] = [["$", value]];
  for (let item = work.pop(); item !== undefined; item = work.pop()) {
    const [path, one] = item;
    if (Array.isArray(one)) {
      one.forEach((inner, index) => work.push([`${path}[${index}]`, inner]));
    } else if (isObject(one)) {
      const seen = new Set<string>();
      for (const [name, inner] of Object.entries(one)) {
        const folded = fold(name);
        if (seen.has(folded)) return `${path}.${name}`;
        seen.add(folded);
        work.push([`${path}.${name}`, inner]);
      }
    }
  }
  return null;
}

/** A member by its name in any case. */
export function member(
  value: Json | undefined,
  name: string,
): Json | undefined {
  if (!isObject(value)) return undefined;
  if (Object.hasOwn(value, name)) return value[name];
  const found = Object.keys(value).find((own) => fold(own) === fold(name));
  return found === undefined ? undefined : value[found];
}

/** A member that is a text; null when it is missing or something else. */
export function text(value: Json | undefined, name: string): string | null {
  const found = member(value, name);
  return typeof found === "string" ? found : null;
}

/**
 * A member that is a list of texts; empty when it is missing or null, and
 * undefined when it is something else.
 */
export function texts(
  value: Json | undefined,
  name: string,
): readonly string[] | undefined {
  const found = member(value, name) ?? [];
  return Array.isArray(found) && found.every((one) => typeof one === "string")
    ? found as string[]
    : undefined;
}

/** Upper case first: it takes in letters such as the long s. */
function fold(name: string): string {
  return name.toUpperCase().toLowerCase();
}
