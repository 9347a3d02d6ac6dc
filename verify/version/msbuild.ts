/**
 * The version of an MSBuild project file: the text of its `Version` element,
 * else of `VersionPrefix` and `VersionSuffix`. Elements with a condition, in a
 * group with one, or with a property inside are decided when it builds, so
 * with any of those the version is not known.
 *
 * @module
 */

import type { ManifestVersion } from "./manifest.ts";

/** The version that a project file gives. */
export function projectVersion(text: string): ManifestVersion {
  const plain = text.replace(/<!--[^]*?-->/g, "");
  const elements = (
    name: string,
  ) => [
    ...plain.matchAll(new RegExp(`<${name}(\\s[^>]*)?>([^<]*)</${name}>`, "g")),
  ];
  const conditional = /<(?:PropertyGroup|Choose|When)\b[^>]*\bCondition\b/.test(
    plain,
  );
  for (const name of ["Version", "VersionPrefix"]) {
    const all = elements(name);
    if (all.length === 0) continue;
    const [, attributes, value] = all[0] ?? [];
    const suffixes = name === "Version" ? [] : elements("VersionSuffix");
    const suffix = suffixes[0];
    const known = all.length === 1 && suffixes.length <= 1 && !conditional &&
      !attributes?.trim() && !suffix?.[1]?.trim();
    const version = (value ?? "").trim() +
      (suffix === undefined ? "" : `-${(suffix[2] ?? "").trim()}`);
    if (!known || version.includes("$(") || version === "") {
      return {
        kind: "unknown",
        reason: `its ${name} is decided when it builds`,
      };
    }
    return { kind: "version", version };
  }
  return { kind: "unknown", reason: "it gives no version of its own" };
}
