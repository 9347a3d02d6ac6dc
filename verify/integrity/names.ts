/**
 * File names that mean one file on every system. A release is unpacked on
 * file systems that fold case, normalise Unicode, drop trailing dots and
 * reserve device names; two names that any of them takes for one are refused,
 * and so is every name that could act when printed.
 *
 * Sources: Unicode Standard Annex 15 (NFC); Microsoft "Naming Files, Paths,
 * and Namespaces" (reserved names and characters).
 *
 * @module
 */

import { escapeText } from "../escape.ts";

const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?$/i;
const RESERVED = /[<>:"|?*\\]/;

/** What is wrong with a relative path, in plain words, or null. */
export function nameProblem(path: string): string | null {
  if (path === "" || path.length > 1024) return "an empty or overlong name";
  if (escapeText(path) !== path) return "a control or formatting character";
  if (RESERVED.test(path)) return 'one of the characters < > : " | ? * \\';
  // `-` is standard input to coreutils, and `-x` an option to everything.
  if (path.startsWith("-")) return "a leading dash";
  for (const part of path.split("/")) {
    if (part === "" || part === "." || part === "..") {
      return "an empty, . or .. part";
    }
    if (/[. ]$/.test(part) || part.startsWith(" ")) {
      return "a part that begins or ends with a space, or ends with a dot";
    }
    if (DEVICE.test(part)) return "a reserved device name";
  }
  return null;
}

/** The form under which two names are one file on some system. */
export function aliasKey(path: string): string {
  return path.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFC");
}

/** Groups of names that some system takes for one file. */
export function aliasGroups(paths: Iterable<string>): string[][] {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const key = aliasKey(path);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [path]);
    else group.push(path);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}
