/**
 * A package of npm (npm Docs, "package.json"): a tar archive compressed with
 * gzip whose files lie below one directory, as a rule `package/`, with its
 * `package.json`.
 *
 * Hooks are the scripts that npm runs where a package is installed, and
 * `binding.gyp`, for which npm runs a compiler unasked (npm Docs, "scripts").
 *
 * @module
 */

import { ReproofError } from "../error.ts";
import { type Json, jsonAt, parseStrictJson } from "../strict_json.ts";
import {
  besides,
  exactly,
  type PackageManifest,
  type PackagePlatform,
  type PackageReader,
} from "./manifest.ts";
import { smallFile } from "./package_files.ts";
import { npmPlatform } from "./platform_words.ts";

const INSTALL_SCRIPTS = ["preinstall", "install", "postinstall"];

/** Packages of npm. */
export const npm: PackageReader = {
  keepsModes: true,
  versionForm: exactly,
  read(files): PackageManifest | string {
    const roots = new Set(files.entries.map(({ path }) => path.split("/")[0]));
    const [root] = roots;
    // npm strips the first directory of every name.
    if (root === undefined || roots.size > 1) {
      return `${roots.size} directories at the top`;
    }
    const bytes = smallFile(files, `${root}/package.json`);
    if (bytes === null) return "no package.json";
    const json = jsonFile(bytes);
    if (json === null) return "a package.json that is no document";
    const name = textAt(json, "name");
    const version = textAt(json, "version");
    if (name === null || version === null) {
      return "a package.json without name and version";
    }
    const inside = `${root}/package.json`;
    const bin = jsonAt(json, ["bin"]);
    const directories = jsonAt(json, ["directories", "bin"]);
    const commands = typeof bin === "string"
      ? [[name.replace(/^@[^/]*\//, ""), bin] as const]
      : textsOf(bin);
    const dependencies = textsOf(jsonAt(json, ["optionalDependencies"]) ?? {});
    const platforms = platformsOf(json);
    const hooks = textsOf(jsonAt(json, ["scripts"])).map(([script]) => script)
      .filter((script) => INSTALL_SCRIPTS.includes(script));
    return {
      name,
      version,
      platforms,
      commands: new Map(
        commands.map(([command, path]) => [command, besides(inside, path)]),
      ),
      hooks: [
        ...hooks,
        ...(files.entries.some(({ path }) => path === `${root}/binding.gyp`)
          ? ["binding.gyp"]
          : []),
      ],
      refers: dependencies.filter(([, range]) => range === version)
        .map(([dependency]) => dependency),
      flaws: directories === undefined
        ? []
        : ["directories.bin, which makes every file there a command"],
    };
  },
};

/** A document with one meaning; null for any other. */
export function jsonFile(bytes: Uint8Array): Json | null {
  try {
    return parseStrictJson(bytes, "package.json");
  } catch (error) {
    if (error instanceof ReproofError) return null;
    throw error;
  }
}

/** The text of a member; null for anything else. */
export function textAt(json: Json, member: string): string | null {
  const value = jsonAt(json, [member]);
  return typeof value === "string" && value !== "" ? value : null;
}

/** Members of an object that are texts. */
export function textsOf(value: Json | undefined): [string, string][] {
  return value !== null && typeof value === "object" && !Array.isArray(value)
    ? Object.entries(value).flatMap(([key, text]) =>
      typeof text === "string" ? [[key, text]] : []
    )
    : [];
}

/** Every combination that npm would install it on; none for any. */
function platformsOf(json: Json): PackagePlatform[] {
  const list = (member: string) => {
    const value = jsonAt(json, [member]);
    const words = typeof value === "string" ? [value] : value;
    return Array.isArray(words)
      ? words.filter((word) => typeof word === "string")
      : [];
  };
  const [systems, processors, libraries] = [
    list("os"),
    list("cpu"),
    list("libc"),
  ];
  if (systems.length === 0 && processors.length === 0) return [];
  const some = <T>(words: readonly T[], none: T) =>
    words.length === 0 ? [none] : words;
  return some(systems, "any").flatMap((os) =>
    some(processors, "any").flatMap((cpu) =>
      some<string | null>(libraries, null)
        .map((libc) => npmPlatform(os, cpu, libc))
    )
  );
}
