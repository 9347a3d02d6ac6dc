/**
 * Where a published artifact comes from:
 *
 * - `npm:NAME@VERSION` the package as packed, `npm:NAME@VERSION#PATH` one file
 *   of it;
 * - `go:MODULE@VERSION` the module as the proxy serves it, or with `#PATH` one
 *   file of it;
 * - `crate:NAME@VERSION` the `.crate` file;
 * - `deb:NAME=VERSION` the Debian package;
 * - `https://…#sha256=DIGEST`, never without the digest;
 * - anything else is a file or directory here.
 *
 * A version is always exact: a range would be another artifact tomorrow.
 *
 * @module
 */

import { UsageError } from "../../error.ts";

/** A place that a published artifact is taken from. */
export type PublishedSource =
  | { readonly kind: "path"; readonly path: string }
  | {
    readonly kind: "npm" | "go" | "crate" | "deb";
    readonly name: string;
    readonly version: string;
    /** One file of it, or undefined for the whole. */
    readonly member: string | undefined;
  }
  | { readonly kind: "https"; readonly url: string; readonly sha256: string };

/** Exact versions; a leading dash could pass for an option. */
const VERSION = /^[0-9v][0-9A-Za-z.+~:_-]*$/;
const NAME = /^(?:@?[0-9A-Za-z][0-9A-Za-z._~+-]*)(?:\/[0-9A-Za-z._~+-]+)*$/;

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
  const match = /^(npm|go|crate|deb):(.*)$/.exec(text);
  if (match === null) return { kind: "path", path: text };
  const kind = match[1] as "npm" | "go" | "crate" | "deb";
  const [whole = "", member] = (match[2] ?? "").split("#", 2);
  const at = whole.lastIndexOf(kind === "deb" ? "=" : "@");
  const [name, version] = [whole.slice(0, at), whole.slice(at + 1)];
  if (at < 1 || !NAME.test(name) || !VERSION.test(version)) {
    return refuse(
      kind === "deb" ? "deb:NAME=VERSION" : `${kind}:NAME@VERSION`,
    );
  }
  if (
    member !== undefined &&
    (kind !== "npm" && kind !== "go" || !isInside(member))
  ) return refuse("a file of an npm package or Go module after #");
  return { kind, name, version, member };
}

function isInside(path: string): boolean {
  return path.split("/").every((part) =>
    part !== "" && part !== "." && part !== ".." && !part.includes("\\")
  );
}
