/**
 * Where a toolchain's archive comes from, and what is peculiar to each place.
 *
 * - `go:VERSION`: the module `golang.org/toolchain`, one version for each
 *   platform, which the go command itself switches to (Go Toolchains,
 *   "Toolchain selection"). Module zips keep no modes; as in cmd/go, the files
 *   below `bin` and `pkg/tool` are executable.
 * - `npm:NAME@VERSION`, `pypi:NAME@VERSION`: packages that hold a compiler.
 * - `https://…`, or a path relative to the recipe: an archive as it is, with
 *   a digest in the recipe, since no registry vouches for it.
 *
 * @module
 */

import { UsageError } from "../../error.ts";
import { ownFolder } from "../published/fetch_published.ts";
import { type Package, parsePackage } from "../registry/package.ts";

/** A place that an archive is taken from. */
export interface Provider {
  /** Version text when the program is not asked. */
  readonly version: string;
  /** What is fetched. */
  readonly from:
    | { readonly kind: "package"; readonly package: Package }
    | { readonly kind: "https"; readonly url: string }
    | { readonly kind: "path"; readonly path: string };
  /** Whether another platform would get another archive. */
  readonly perPlatform: boolean;
  /** How much of a name is the package's own directory. */
  readonly strip: ((name: string) => number) | undefined;
  /** Files that the archive cannot mark as executable. */
  readonly executable: (path: string) => boolean;
}

const GO_TOOLCHAIN = "golang.org/toolchain";
/** As Go names operating systems and processors. */
const GO_NAMES: Readonly<Record<string, string>> = {
  "x86_64": "amd64",
  "aarch64": "arm64",
};

/** This platform, as locks name it. */
export function thisPlatform(): string {
  return `${Deno.build.os}-${Deno.build.arch}`;
}

/**
 * Reads the place of an archive as the recipe writes it.
 *
 * @throws {UsageError} `recipe-invalid` for one that cannot be meant.
 */
export function parseProvider(text: string): Provider {
  const plain = { strip: undefined, executable: () => false };
  const go = /^go:(\d+\.\d+(?:\.\d+)?(?:rc\d+)?)$/.exec(text)?.[1];
  if (go !== undefined) {
    const { os, arch } = Deno.build;
    const found: Package = {
      registry: "go",
      name: GO_TOOLCHAIN,
      version: `v0.0.1-go${go}.${os}-${GO_NAMES[arch] ?? arch}`,
    };
    return {
      version: `go${go}`,
      from: { kind: "package", package: found },
      perPlatform: true,
      strip: ownFolder(found),
      executable: (path) => /^(?:bin|pkg\/tool)\//.test(path),
    };
  }
  const found = parsePackage(text);
  if (found?.registry === "npm" || found?.registry === "pypi") {
    return {
      version: `${found.name} ${found.version}`,
      from: { kind: "package", package: found },
      perPlatform: found.registry === "pypi",
      strip: ownFolder(found),
      executable: () => false,
    };
  }
  const file = text.slice(text.lastIndexOf("/") + 1);
  if (text.startsWith("https://")) {
    return {
      version: file,
      from: { kind: "https", url: text },
      perPlatform: false,
      ...plain,
    };
  }
  if (
    /^[a-z]+:/.test(text) || text.startsWith("/") ||
    text.split("/").some((part) => ["", ".", ".."].includes(part))
  ) {
    throw new UsageError(
      "recipe-invalid",
      "Reading the archive of a toolchain",
      {
        expected:
          "go:VERSION, npm:NAME@VERSION, pypi:NAME@VERSION, an https URL, or a path below the recipe",
        observed: `"${text}"`,
      },
    );
  }
  return {
    version: file,
    from: { kind: "path", path: text },
    perPlatform: false,
    ...plain,
  };
}
