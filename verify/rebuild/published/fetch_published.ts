/**
 * Fetching a published artifact: through the ordinary client of its registry,
 * by URL and digest, or from here. One file of a package is taken out by the
 * strict reader that toolchains are unpacked with; two files of one name, or
 * a name that leaves the package, end it.
 *
 * @module
 */

import { ReproofError } from "../../error.ts";
import { unpack } from "../provider/unpack.ts";
import { type Failure, runClient } from "../registry/client.ts";
import { download } from "../registry/download.ts";
import { fetchPackage, type Package } from "../registry/package.ts";
import type { PublishedSource } from "./published_source.ts";

/** How to fetch. */
export interface FetchOptions {
  /** New directory that the client works in. */
  readonly into: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Fetches a source and returns the path of the file or directory.
 *
 * @throws {ReproofError} `published-not-fetched`.
 */
export async function fetchPublished(
  source: PublishedSource,
  options: FetchOptions,
): Promise<string> {
  const client = { ...options, failure };
  switch (source.kind) {
    case "path":
      return existing(source.path);
    case "https":
      return await download(source.url, source.sha256, client);
    case "package": {
      const { member } = source;
      if (member === undefined) {
        return existing((await fetchPackage(source.package, client)).path);
      }
      const files = await fetchMembers(source.package, [member], options);
      const path = files.get(member);
      if (path !== undefined) return path;
      throw failure(`${source.package.registry}:${source.package.name}`, {
        expected: `a regular file "${member}" in it`,
        observed: "none",
      });
    }
  }
}

function existing(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch (cause) {
    throw failure(path, {
      expected: "a file or directory",
      observed: "none",
      cause,
    });
  }
}

/**
 * Fetches a package and takes files out of it, as far as it has them.
 *
 * @param members Paths below the package's own directory.
 * @throws {ReproofError} `published-not-fetched`.
 */
export async function fetchMembers(
  from: Package,
  members: readonly string[],
  options: FetchOptions,
): Promise<ReadonlyMap<string, string>> {
  const { signal } = options;
  const { path: archive } = await fetchPackage(from, { ...options, failure });
  const what = `${from.registry}:${from.name}`;
  const into = `${options.into}/member`;
  try {
    await unpack(
      from.registry === "deb" ? await debianFiles(archive, options) : archive,
      {
        into,
        strip: ownFolder(from),
        only: (path) => members.includes(path),
        signal,
      },
    );
  } catch (cause) {
    if (!(cause instanceof ReproofError)) throw cause;
    throw failure(what, {
      expected: cause.expected ?? "a sound archive",
      observed: `${cause.observed ?? ""} (${cause.doing})`,
      cause,
    });
  }
  return new Map(members.flatMap((member) => {
    const path = `${into}/${member}`;
    try {
      return Deno.lstatSync(path).isFile ? [[member, path]] : [];
    } catch (cause) {
      if (cause instanceof Deno.errors.NotFound) return [];
      throw cause;
    }
  }));
}

/** What a registry puts before the path of every file. */
export function ownFolder(
  { registry, name, version }: Package,
): ((path: string) => number) | undefined {
  switch (registry) {
    // Of any name; "package" is custom (npm), or NAME-VERSION (cargo).
    case "npm":
    case "crate":
      return (path) => path.indexOf("/") + 1;
    case "go": {
      const prefix = `${name}@${version}/`;
      return (path) => path.startsWith(prefix) ? prefix.length : 0;
    }
    case "pypi":
    case "deb":
      return undefined;
  }
}

/** The files of a Debian package as a plain tar archive (dpkg-deb(1)). */
async function debianFiles(
  archive: string,
  { into, signal }: FetchOptions,
): Promise<string> {
  const path = `${into}/files.tar`;
  await runClient("/bin/sh", [
    ...["-c", 'exec dpkg-deb --fsys-tarfile "$1" >"$2"', "sh"],
    ...[archive, path],
  ], { into, failure, signal });
  return path;
}

const failure: Failure = (what, details) =>
  new ReproofError(
    "published-not-fetched",
    `Fetching what was published (${what})`,
    details,
  );
