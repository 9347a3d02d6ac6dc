/**
 * Packages of registries: which there are, how one is written, and fetching
 * one as its registry serves it, unopened, without running anything of it.
 *
 * - `npm:NAME@VERSION`: the packed tarball; npm holds it against the
 *   registry's integrity;
 * - `go:MODULE@VERSION`: the module zip; go holds it against the checksum
 *   database;
 * - `pypi:NAME@VERSION`: the wheel that fits this machine;
 * - `crate:NAME@VERSION`: the `.crate` file; cargo holds it against the index;
 * - `deb:NAME=VERSION`: the binary package; apt holds it against the signed
 *   list.
 *
 * A version is always exact: a range would be another package tomorrow.
 *
 * @module
 */

import { type ClientOptions, onlyFile, runClient } from "./client.ts";

/** Registries that a package can come from. */
export const REGISTRIES = ["npm", "go", "pypi", "crate", "deb"] as const;

/** One package in one version. */
export interface Package {
  readonly registry: typeof REGISTRIES[number];
  readonly name: string;
  readonly version: string;
}

/** Exact versions; a leading dash could pass for an option. */
const VERSION = /^[0-9v][0-9A-Za-z.!+~:_-]*$/;
const NAME = /^(?:@?[0-9A-Za-z][0-9A-Za-z._~+-]*)(?:\/[0-9A-Za-z._~+-]+)*$/;

/** Reads `REGISTRY:NAME@VERSION`; undefined for anything else. */
export function parsePackage(text: string): Package | undefined {
  const [, kind, rest = ""] = /^([a-z]+):(.*)$/.exec(text) ?? [];
  const registry = REGISTRIES.find((name) => name === kind);
  if (registry === undefined) return undefined;
  const at = rest.lastIndexOf(registry === "deb" ? "=" : "@");
  const [name, version] = [rest.slice(0, at), rest.slice(at + 1)];
  return at < 1 || !NAME.test(name) || !VERSION.test(version)
    ? undefined
    : { registry, name, version };
}

/** A package as a registry served it. */
export interface FetchedPackage {
  readonly path: string;
  /** What the registry's own log says of a Go module, `h1:…`; else null. */
  readonly sum: string | null;
}

/**
 * Fetches a package.
 *
 * @throws {ReproofError} The failure of the options.
 */
export async function fetchPackage(
  wanted: Package,
  options: ClientOptions,
): Promise<FetchedPackage> {
  Deno.mkdirSync(options.into, { recursive: true });
  switch (wanted.registry) {
    case "npm":
      return served(await fetchNpm(wanted, options));
    case "go":
      return await fetchGo(wanted, options);
    case "pypi":
      return served(await fetchWheel(wanted, options));
    case "crate":
      return served(await fetchCrate(wanted, options));
    case "deb":
      return served(await fetchDebian(wanted, options));
  }
}

const served = (path: string): FetchedPackage => ({ path, sum: null });

async function fetchNpm(
  { name, version }: Package,
  options: ClientOptions,
): Promise<string> {
  await runClient("npm", [
    ...["pack", "--ignore-scripts", "--silent", "--pack-destination", "."],
    `${name}@${version}`,
  ], options);
  return onlyFile(options.into, ".tgz", options.failure);
}

/** A cache of our own, so that what is used came from the registry now. */
async function fetchGo(
  { name, version }: Package,
  options: ClientOptions,
): Promise<FetchedPackage> {
  const text = await runClient("go", [
    ...["mod", "download", "-json"],
    `${name}@${version}`,
  ], {
    ...options,
    env: {
      GOFLAGS: "-modcacherw",
      GOMODCACHE: `${options.into}/modules`,
      GOTOOLCHAIN: "local",
      GOWORK: "off",
    },
  });
  const found: unknown = JSON.parse(text);
  const member = (key: string) =>
    typeof found === "object" && found !== null && key in found
      ? String((found as Record<string, unknown>)[key])
      : "";
  return { path: member("Zip"), sum: member("Sum") || null };
}

async function fetchWheel(
  { name, version }: Package,
  options: ClientOptions,
): Promise<string> {
  await runClient("pip3", [
    ...["download", "--quiet", "--no-deps", "--no-cache-dir"],
    ...["--disable-pip-version-check", "--only-binary", ":all:", "--dest", "."],
    `${name}==${version}`,
  ], options);
  return onlyFile(options.into, ".whl", options.failure);
}

async function fetchCrate(
  { name, version }: Package,
  options: ClientOptions,
): Promise<string> {
  const { into } = options;
  Deno.mkdirSync(`${into}/src`);
  Deno.writeTextFileSync(`${into}/src/lib.rs`, "");
  Deno.writeTextFileSync(
    `${into}/Cargo.toml`,
    `[package]\nname = "fetch"\nversion = "0.0.0"\nedition = "2021"\n` +
      `[workspace]\n[dependencies]\n"${name}" = "=${version}"\n`,
  );
  await runClient("cargo", ["fetch", "--quiet"], {
    ...options,
    env: { CARGO_HOME: cargoHome(options) },
  });
  const file = `${name}-${version}.crate`;
  const cache = `${into}/cargo/registry/cache`;
  for (const { name } of Deno.readDirSync(cache)) {
    try {
      return Deno.realPathSync(`${cache}/${name}/${file}`);
    } catch {
      continue;
    }
  }
  throw options.failure(`crate:${name}@${version}`, {
    expected: `"${file}"`,
    observed: "none",
  });
}

/** A home of our own with the user's configuration, which names mirrors. */
function cargoHome({ into }: ClientOptions): string {
  const home = `${into}/cargo`;
  Deno.mkdirSync(home);
  const users = Deno.env.get("CARGO_HOME") ??
    `${Deno.env.get("HOME") ?? ""}/.cargo`;
  for (const name of ["config.toml", "config"]) {
    try {
      Deno.copyFileSync(`${users}/${name}`, `${home}/${name}`);
      break;
    } catch {
      continue;
    }
  }
  return home;
}

async function fetchDebian(
  { name, version }: Package,
  options: ClientOptions,
): Promise<string> {
  await runClient("apt-get", [
    ...["-q", "download", "--"],
    `${name}=${version}`,
  ], options);
  return onlyFile(options.into, ".deb", options.failure);
}
