/**
 * Versions as NuGet normalises them (NuGet, "Package versioning"): without
 * leading zeros, without a fourth part of 0, without build metadata.
 *
 * @module
 */

/** The normalised form of a version; itself when it is none. */
export function normalizedVersion(version: string): string {
  const [, numbers, label] = /^(\d+(?:\.\d+){0,3})(-[0-9A-Za-z.-]+)?(?:\+.*)?$/
    .exec(version) ?? [];
  if (numbers === undefined) return version;
  const parts = numbers.split(".").map((part) => String(Number(part)));
  while (parts.length < 3) parts.push("0");
  if (parts[3] === "0") parts.pop();
  return `${parts.join(".")}${label ?? ""}`;
}
