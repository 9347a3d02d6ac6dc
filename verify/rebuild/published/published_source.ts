/**
 * Where a published artifact comes from:
 *
 * - `npm:NAME@VERSION`, `go:MODULE@VERSION`, `pypi:NAME@VERSION`,
 *   `crate:NAME@VERSION`, `deb:NAME=VERSION`: the package as its registry
 *   serves it (see `registry/package.ts`), or with `#PATH` one file of it, by
 *   its path below the package's own directory;
 * - `https://…#sha256=DIGEST`, never without the digest;
 * - anything else is a file or directory here.
 *
 * @module
 */

import { UsageError } from "../../error.ts";
import { type Package, parsePackage, REGISTRIES } from "../registry/package.ts";

/** A place that a published artifact is taken from. */
export type PublishedSource =
  | { readonly kind: "path"; readonly path: string }
  | {
    readonly kind: "package";
    readonly package: Package;
    /** One file of it, or undefined for the whole. */
    readonly member: string | undefined;
  }
  | { readonly kind: "https"; readonly url: string; readonly sha256: string };

/**
 * Reads a source as written on the command line.
 *
 * @throws {UsageError} `usage` for one that cannot be meant.
 */
export function parsePublishedSource(text: string): PublishedSource {
  const refuse = (expected: string): never => {
    throw new UsageError("usage", `Reading the source "${text}"`, {
      expected,
      observed: `"${text}"`,
    });
  };
  if (text.startsWith("https://")) {
    const match = /^([^#]+)#sha256=([0-9a-f]{64})$/.exec(text);
    return match === null
      ? refuse("a URL that ends with #sha256= and the digest of the file")
      : { kind: "https", url: match[1] ?? "", sha256: match[2] ?? "" };
  }
  if (text.startsWith("http://")) return refuse("https");
  const registry = REGISTRIES.find((name) => text.startsWith(`${name}:`));
  if (registry === undefined) return { kind: "path", path: text };
  const [whole = "", member, ...rest] = text.split("#");
  const found = parsePackage(whole);
  if (found === undefined) {
    return refuse(
      registry === "deb" ? "deb:NAME=VERSION" : `${registry}:NAME@VERSION`,
    );
  }
  if (rest.length > 0 || member !== undefined && !isInside(member)) {
    return refuse("a file of the package after #");
  }
  return { kind: "package", package: found, member };
}

function isInside(path: string): boolean {
  return path.split("/").every((part) =>
    part !== "" && part !== "." && part !== ".." && !part.includes("\\")
  );
}
