/**
 * A wheel (Python Packaging User Guide, "Binary distribution format"): a zip
 * archive whose file name has name, version and tags; `*.dist-info` with
 * METADATA, WHEEL and RECORD; programs below `*.data/scripts/`, which the
 * installer puts on the path under their own names.
 *
 * RECORD lists every file but itself and its signatures, with its SHA-256 and
 * size; what it does not list, or lists otherwise, is a flaw.
 *
 * Hooks are `*.pth` files at the top: Python executes lines of them at each
 * start. A script of an entry point is a command of Python code.
 *
 * @module
 */

import { sha256Reader } from "../digest.ts";
import {
  exactly,
  type PackageManifest,
  type PackageReader,
} from "./manifest.ts";
import { type PackageFiles, smallFile } from "./package_files.ts";
import { wheelPlatform } from "./platform_words.ts";

/** Wheels. */
export const wheel: PackageReader = {
  keepsModes: false,
  versionForm: pythonVersion,
  read(files, fileName): PackageManifest | string {
    const [
      ,
      fileTitle = "",
      fileVersion = "",
      python = "",
      abi = "",
      tags = "",
    ] = /^([^-]+)-([^-]+)(?:-\d[^-]*)?-([^-]+)-([^-]+)-([^-]+)\.whl$/
      .exec(fileName) ?? [];
    if (fileTitle === "") return `a file name that is none of a wheel`;
    const folders = new Set(
      files.entries.map(({ path }) => path.split("/")[0] ?? "")
        .filter((name) => name.endsWith(".dist-info")),
    );
    const [info] = folders;
    if (info === undefined || folders.size > 1) {
      return `${folders.size} dist-info directories`;
    }
    const metadata = fieldsOf(smallFile(files, `${info}/METADATA`));
    const [name] = metadata.get("name") ?? [];
    const [version] = metadata.get("version") ?? [];
    if (name === undefined || version === undefined) {
      return "a METADATA without name and version";
    }
    const own = fieldsOf(smallFile(files, `${info}/WHEEL`)).get("tag") ?? [];
    const wanted = expand(python, abi, tags);
    const record = recordFlaws(files, info);
    const data = `${info.slice(0, -".dist-info".length)}.data/scripts/`;
    const scripts = files.entries.map(({ path }) => path)
      .filter((path) => path.startsWith(data))
      .map((path) => [path.slice(data.length), path] as const);
    return {
      name,
      version,
      platforms: tags.split(".").filter((tag) => tag !== "any")
        .map(wheelPlatform),
      commands: new Map([
        ...entryPoints(smallFile(files, `${info}/entry_points.txt`)),
        ...scripts,
      ]),
      hooks: files.entries.map(({ path }) => path)
        .filter((path) =>
          /^(?:[^/]+|[^/]+\.data\/(?:pure|plat)lib\/[^/]+)\.pth$/.test(path)
        ),
      refers: [],
      flaws: [
        ...(plain(fileTitle) === plain(name) && fileVersion === version
          ? []
          : [`its file name is of ${fileTitle} ${fileVersion}`]),
        ...(own.length > 0 && own.toSorted().join() === wanted.toSorted().join()
          ? []
          : [`WHEEL has the tags ${own.join(", ") || "none"}`]),
        ...record,
      ],
    };
  },
};

/** The form of a version that PEP 440 has for one of Semantic Versioning. */
function pythonVersion(version: string): RegExp | null {
  const [, base = "", phase, number] =
    /^(\d+\.\d+\.\d+)(?:-(alpha|a|beta|b|rc)\.?(\d+))?$/.exec(version) ?? [];
  if (base === "") return null;
  const letters = phase === "rc" ? "rc" : phase?.slice(0, 1) ?? "";
  return exactly(`${base}${letters}${number ?? ""}`);
}

/** Names that an index takes for one (PEP 503). */
function plain(name: string): string {
  return name.replace(/[-_.]+/g, "-").toLowerCase();
}

function expand(python: string, abi: string, platform: string): string[] {
  return python.split(".").flatMap((one) =>
    abi.split(".").flatMap((two) =>
      platform.split(".").map((three) => `${one}-${two}-${three}`)
    )
  );
}

/** Fields of an email header, by lower-case name. */
export function fieldsOf(bytes: Uint8Array | null): Map<string, string[]> {
  const fields = new Map<string, string[]>();
  if (bytes === null) return fields;
  for (const line of new TextDecoder().decode(bytes).split(/\r?\n/)) {
    if (line === "") break;
    const colon = line.indexOf(":");
    const key = line.slice(0, Math.max(0, colon)).toLowerCase();
    if (!/^[a-z-]+$/.test(key)) continue;
    const values = fields.get(key) ?? [];
    values.push(line.slice(colon + 1).trim());
    fields.set(key, values);
  }
  return fields;
}

/** Commands of `entry_points.txt`, each with the Python object it calls. */
function entryPoints(bytes: Uint8Array | null): [string, string][] {
  if (bytes === null) return [];
  let section = "";
  return new TextDecoder().decode(bytes).split(/\r?\n/).flatMap((line) => {
    const text = line.trim();
    if (text.startsWith("[") && text.endsWith("]")) {
      section = text.slice(1, -1).trim();
    }
    if (section !== "console_scripts" && section !== "gui_scripts") return [];
    const equals = text.indexOf("=");
    const [name, object] = [
      text.slice(0, Math.max(0, equals)),
      text.slice(equals + 1),
    ];
    return name === "" || /^[[#;]/.test(name)
      ? []
      : [[name.trim(), object.trim()]];
  });
}

/** What RECORD has that the archive has not, and the other way. */
function recordFlaws(files: PackageFiles, info: string): string[] {
  const bytes = smallFile(files, `${info}/RECORD`);
  if (bytes === null) return ["no RECORD"];
  const free = [`${info}/RECORD`, `${info}/RECORD.jws`, `${info}/RECORD.p7s`];
  const listed = new Map<string, string>();
  const flaws: string[] = [];
  for (const line of new TextDecoder().decode(bytes).split(/\r?\n/)) {
    if (line === "") continue;
    const [, quoted, bare, digest = "", size = ""] =
      /^(?:"((?:[^"]|"")*)"|([^",]*)),([^,]*),(\d*)$/.exec(line) ?? [];
    const path = quoted?.replaceAll('""', '"') ?? bare;
    if (path === undefined || listed.has(path)) {
      flaws.push(`a line of RECORD that is none: "${line.slice(0, 80)}"`);
      continue;
    }
    listed.set(path, `${digest},${size}`);
  }
  for (const { path, open } of files.entries) {
    const says = listed.get(path);
    listed.delete(path);
    if (free.includes(path)) continue;
    const reader = open();
    const digest = btoa(
      String.fromCharCode(
        ...(sha256Reader(reader).match(/../g) ?? [])
          .map((pair) => parseInt(pair, 16)),
      ),
    ).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    const is = `sha256=${digest},${reader.size}`;
    if (says !== is) {
      flaws.push(
        says === undefined
          ? `"${path}" is not in RECORD`
          : `RECORD has another digest or size of "${path}"`,
      );
    }
  }
  return [
    ...flaws,
    ...[...listed.keys()].filter((path) => !free.includes(path))
      .map((path) => `RECORD names "${path}", which is not there`),
  ];
}
