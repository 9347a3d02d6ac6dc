/**
 * The version that a package manifest gives. Read without running the tool it
 * belongs to, so only what the file itself says counts: a version that is
 * computed, inherited or conditional is not known, which is not the same as a
 * wrong one.
 *
 * - `Cargo.toml`: `version` of `[package]`, or of `[workspace.package]` in a
 *   file without `[package]` (The Cargo Book, "The Manifest Format").
 * - `pyproject.toml`: `version` of `[project]`, else of `[tool.poetry]` (PyPA,
 *   "pyproject.toml specification").
 * - `package.json`, `deno.json`, `jsr.json`: the member `version`.
 * - `*.csproj`, `*.props`: `Version`, else `VersionPrefix` with
 *   `VersionSuffix`, where no condition stands (MSBuild, "Common properties").
 * - `go.mod`: no version, but the major one in the module path from 2 on (Go
 *   Modules Reference, "Major version suffixes").
 * - `VERSION`: the file's one line.
 *
 * @module
 */

import { ReproofError } from "../error.ts";
import { parseStrictJson } from "../strict_json.ts";
import { projectVersion } from "./msbuild.ts";
import { tomlString } from "./toml_string.ts";

/** What a manifest says of the version. */
export type ManifestVersion =
  | { readonly kind: "version"; readonly version: string }
  /** A manifest of a kind that names the major version alone. */
  | { readonly kind: "major"; readonly major: string }
  | { readonly kind: "unknown"; readonly reason: string };

/**
 * Reads the version of a manifest.
 *
 * @param path Its name says what kind it is.
 */
export function manifestVersion(
  path: string,
  bytes: Uint8Array,
): ManifestVersion {
  const name = path.split("/").at(-1) ?? "";
  if (/^(?:package|deno|jsr)\.json$/.test(name)) return ofJson(bytes, path);
  const text = decode(bytes);
  if (text === null) return unknown("it is not UTF-8");
  switch (name) {
    case "Cargo.toml":
      return found(
        tomlString(text, "package", "version") ??
          tomlString(text, "workspace.package", "version"),
      );
    case "pyproject.toml":
      return found(
        tomlString(text, "project", "version") ??
          tomlString(text, "tool.poetry", "version"),
      );
    case "go.mod":
      return ofGo(text);
    case "VERSION":
      return found(text.trim().includes("\n") ? null : text.trim());
  }
  return /\.(?:[a-z]+proj|props)$/.test(name)
    ? projectVersion(text)
    : unknown("no kind of manifest that is known");
}

function ofJson(bytes: Uint8Array, path: string): ManifestVersion {
  try {
    const value = parseStrictJson(bytes, path);
    const version = typeof value === "object" && value !== null &&
        !Array.isArray(value)
      ? (value as Record<string, unknown>)["version"]
      : undefined;
    return found(typeof version === "string" ? version : null);
  } catch (error) {
    if (!(error instanceof ReproofError)) throw error;
    return unknown(error.message);
  }
}

function ofGo(text: string): ManifestVersion {
  const modules = [...text.matchAll(/^module[ \t]+"?([^\s"]+)"?/gm)];
  const path = modules.length === 1 ? modules[0]?.[1] : undefined;
  if (path === undefined) return unknown("not one module line");
  const major = /(?:\/|^gopkg\.in\/.*\.)v(\d+)$/.exec(path)?.[1];
  return { kind: "major", major: major ?? "0 or 1" };
}

function found(version: string | null): ManifestVersion {
  return version === null || version === ""
    ? unknown("it gives no version of its own")
    : { kind: "version", version };
}

function unknown(reason: string): ManifestVersion {
  return { kind: "unknown", reason };
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
