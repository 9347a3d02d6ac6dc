/**
 * Fetching a published artifact through the ordinary client of its registry,
 * which checks what it fetches against the registry's own digests or log.
 * Clients run in an empty directory of ours, with the caller's environment,
 * without scripts of the packages.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { ReproofError } from "../../error.ts";
import { LIMITS } from "../../limits.ts";
import type { PublishedSource } from "./published_source.ts";
import { readMember } from "./tar_member.ts";

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
  Deno.mkdirSync(options.into, { recursive: true });
  switch (source.kind) {
    case "path":
      return existing(source.path);
    case "npm":
      return await fetchNpm(source, options);
    case "go":
      return await fetchGo(source, options);
    case "crate":
      return await fetchCrate(source, options);
    case "deb":
      return await fetchDebian(source, options);
    case "https":
      return await fetchUrl(source, options);
  }
}

type Named = Extract<PublishedSource, { name: string }>;

function existing(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch (cause) {
    throw failure(path, "a file or directory", "none", cause);
  }
}

async function fetchNpm(source: Named, options: FetchOptions): Promise<string> {
  await run("npm", [
    ...["pack", "--ignore-scripts", "--silent", "--pack-destination", "."],
    `${source.name}@${source.version}`,
  ], options);
  const packed = `${options.into}/${only(options.into, ".tgz")}`;
  if (source.member === undefined) return packed;
  const tar = gunzipSync(Deno.readFileSync(packed), {
    maxOutputLength: LIMITS.memberBytesMax,
  });
  // npm packs below a directory of any name, by custom "package".
  const bytes = await readMember(
    tar,
    (path) => path.slice(path.indexOf("/") + 1) === source.member,
  );
  if (bytes === undefined) {
    throw failure(
      `npm:${source.name}@${source.version}`,
      `one file "${source.member}" in it`,
      "none, or more",
    );
  }
  const path = `${options.into}/member`;
  Deno.writeFileSync(path, bytes, { createNew: true });
  return path;
}

async function fetchGo(source: Named, options: FetchOptions): Promise<string> {
  const text = await run("go", [
    "mod",
    "download",
    "-json",
    `${source.name}@${source.version}`,
  ], { ...options, env: { GOFLAGS: "-modcacherw", GOWORK: "off" } });
  const found: unknown = JSON.parse(text);
  const member = (key: string) =>
    typeof found === "object" && found !== null && key in found
      ? String((found as Record<string, unknown>)[key])
      : "";
  return existing(
    source.member === undefined
      ? member("Zip")
      : `${member("Dir")}/${source.member}`,
  );
}

async function fetchCrate(
  source: Named,
  options: FetchOptions,
): Promise<string> {
  Deno.mkdirSync(`${options.into}/src`);
  Deno.writeTextFileSync(`${options.into}/src/lib.rs`, "");
  Deno.writeTextFileSync(
    `${options.into}/Cargo.toml`,
    `[package]\nname = "fetch"\nversion = "0.0.0"\nedition = "2021"\n` +
      `[workspace]\n[dependencies]\n"${source.name}" = "=${source.version}"\n`,
  );
  const home = `${options.into}/cargo`;
  await run("cargo", ["fetch", "--quiet"], {
    ...options,
    env: { CARGO_HOME: home },
  });
  const file = `${source.name}-${source.version}.crate`;
  const cache = `${home}/registry/cache`;
  for (const { name } of Deno.readDirSync(cache)) {
    try {
      return Deno.realPathSync(`${cache}/${name}/${file}`);
    } catch {
      continue;
    }
  }
  throw failure(`crate:${source.name}`, `"${file}"`, "none");
}

async function fetchDebian(
  source: Named,
  options: FetchOptions,
): Promise<string> {
  await run("apt-get", [
    ...["-q", "download", "--"],
    `${source.name}=${source.version}`,
  ], options);
  return `${options.into}/${only(options.into, ".deb")}`;
}

async function fetchUrl(
  source: Extract<PublishedSource, { kind: "https" }>,
  options: FetchOptions,
): Promise<string> {
  const path = `${options.into}/file`;
  const hash = createHash("sha256");
  let size = 0;
  try {
    const response = await fetch(source.url, {
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    if (!response.ok || response.body === null) {
      throw new TypeError(`status ${response.status}`);
    }
    using file = Deno.openSync(path, { write: true, createNew: true });
    for await (const part of response.body) {
      size += part.length;
      if (size > LIMITS.memberBytesMax) throw new RangeError("too large");
      hash.update(part);
      for (let at = 0; at < part.length;) {
        at += file.writeSync(part.subarray(at));
      }
    }
  } catch (cause) {
    options.signal?.throwIfAborted();
    throw failure(
      source.url,
      "a file",
      cause instanceof Error ? cause.message : String(cause),
      cause,
    );
  }
  const sha256 = hash.digest("hex");
  if (sha256 !== source.sha256) {
    throw failure(
      source.url,
      `sha256:${source.sha256}`,
      `sha256:${sha256}`,
    );
  }
  return path;
}

/** The one file of a directory with an ending. */
function only(folder: string, ending: string): string {
  const found = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.endsWith(ending));
  const [name] = found;
  if (name === undefined || found.length > 1) {
    throw failure(folder, `one file *${ending}`, `${found.length}`);
  }
  return name;
}

async function run(
  program: string,
  args: readonly string[],
  options: FetchOptions & { readonly env?: Record<string, string> },
): Promise<string> {
  const doing = `${program} ${args.join(" ")}`;
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(program, {
      args: [...args],
      cwd: options.into,
      env: options.env ?? {},
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    }).output();
  } catch (cause) {
    options.signal?.throwIfAborted();
    throw failure(
      doing,
      "the client of the registry",
      cause instanceof Error ? cause.message : String(cause),
      cause,
    );
  }
  options.signal?.throwIfAborted();
  const decoder = new TextDecoder();
  if (!output.success) {
    throw failure(
      doing,
      "exit code 0",
      `exit code ${output.code}: ${
        decoder.decode(output.stderr).trim().split("\n").at(-1) ?? ""
      }`,
    );
  }
  return decoder.decode(output.stdout);
}

function failure(
  what: string,
  expected: string,
  observed: string,
  cause?: unknown,
): ReproofError {
  return new ReproofError(
    "published-not-fetched",
    `Fetching what was published (${what})`,
    { expected, observed, cause },
  );
}
