/**
 * A Debian package (deb(5), deb-control(5), Debian Policy 5 and 6): an ar
 * archive with `debian-binary`, a tar archive of control files and one of data,
 * in that order and without more.
 *
 * Data files have the paths they are installed at; control files lie below
 * `DEBIAN/` here. Hooks are maintainer scripts and triggers. Commands are the
 * files in directories of the path.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { readMember } from "../format/ar_member.ts";
import type { DecodeBudget } from "../format/source.ts";
import { type Reader, SliceReader } from "../reader.ts";
import {
  exactly,
  type PackageManifest,
  type PackageReader,
} from "./manifest.ts";
import {
  type PackageFiles,
  type PackageFinding,
  smallFile,
} from "./package_files.ts";
import { debianPlatform } from "./platform_words.ts";
import { tarFiles } from "./tar_files.ts";
import { fieldsOf } from "./wheel.ts";

const MAGIC = "!<arch>\n";
const MEMBERS = [
  /^debian-binary$/,
  /^control\.tar(?:\.gz|\.xz|\.zst)?$/,
  /^data\.tar(?:\.gz|\.xz|\.zst)?$/,
];
const CONTROL = "DEBIAN/";
const SCRIPTS = ["preinst", "postinst", "prerm", "postrm", "config"];
const ON_PATH = /^(?:usr\/)?(?:local\/)?(?:s?bin|games)\/([^/]+)$/;

/** Debian packages. */
export const deb: PackageReader = {
  keepsModes: true,
  versionForm(version) {
    // `~` sorts before the end, as a pre-release must (deb-version(7)).
    const upstream = version.replace("-", "~");
    return new RegExp(
      `^(?:\\d+:)?${
        exactly(upstream).source.slice(1, -1)
      }(?:-[0-9A-Za-z.+~]+)?$`,
    );
  },
  read(files): PackageManifest | string {
    const bytes = smallFile(files, `${CONTROL}control`);
    const fields = fieldsOf(bytes);
    const one = (field: string) => {
      const all = fields.get(field) ?? [];
      return all.length === 1 ? all[0] : undefined;
    };
    const [name, version, architecture] = [
      one("package"),
      one("version"),
      one("architecture"),
    ];
    if (
      name === undefined || version === undefined || architecture === undefined
    ) return "a control file without one package, version and architecture";
    const control = files.entries.map(({ path }) => path)
      .filter((path) => path.startsWith(CONTROL))
      .map((path) => path.slice(CONTROL.length));
    return {
      name,
      version,
      platforms: architecture === "all" ? [] : [debianPlatform(architecture)],
      commands: new Map(
        files.entries.flatMap(({ path }) => {
          const command = ON_PATH.exec(path)?.[1];
          return command === undefined ? [] : [[command, path] as const];
        }),
      ),
      hooks: control.filter((file) =>
        SCRIPTS.includes(file) || file === "triggers"
      ),
      refers: [],
      flaws: sumFlaws(files),
    };
  },
};

/** The files of a Debian package. */
export function debFiles(reader: Reader, budget: DecodeBudget): PackageFiles {
  const broken = (detail: string): PackageFiles => ({
    entries: [],
    findings: [{ code: "package-unreadable", path: "", detail }],
  });
  const magic = new TextDecoder().decode(
    reader.read(0, Math.min(MAGIC.length, reader.size)),
  );
  if (magic !== MAGIC) return broken("no ar archive");
  const parts: Reader[] = [];
  let at = MAGIC.length;
  for (const wanted of MEMBERS) {
    const member = readMember(reader, at, {
      thin: false,
      longNames: new Uint8Array(),
    });
    if (typeof member === "string" || !wanted.test(member.name)) {
      return broken(
        `expected a member ${wanted.source}, found ${
          typeof member === "string" ? "none" : `"${member.name}"`
        }`,
      );
    }
    parts.push(new SliceReader(reader, member.contents, member.length));
    at = member.end;
  }
  // dpkg passes over members with an underscore in front; they hold anything.
  if (at !== reader.size) return broken("more members than dpkg unpacks");
  const [mark, control, data] = parts;
  if (control === undefined || data === undefined || mark === undefined) {
    return broken("a member is missing");
  }
  const format = new TextDecoder().decode(mark.read(0, Math.min(mark.size, 8)));
  if (!/^2\.\d+\n/.test(format)) return broken("another format than 2");
  const above = tarFiles(control, budget);
  const below = tarFiles(data, budget);
  const clash: PackageFinding[] = below.entries.filter(({ path }) =>
    path.startsWith(CONTROL)
  ).map(({ path }) => ({
    code: "package-path-unsafe",
    path,
    detail: "a data file in the place of control files",
  }));
  return {
    entries: [
      ...above.entries.map((entry) => ({
        ...entry,
        path: `${CONTROL}${entry.path}`,
      })),
      ...below.entries,
    ],
    findings: [...above.findings, ...below.findings, ...clash],
  };
}

/** What `md5sums` has that the data has not; without the file nothing. */
function sumFlaws(files: PackageFiles): string[] {
  const bytes = smallFile(files, `${CONTROL}md5sums`);
  if (bytes === null) return [];
  const flaws: string[] = [];
  const entries = new Map(files.entries.map((entry) => [entry.path, entry]));
  for (const line of new TextDecoder().decode(bytes).split("\n")) {
    if (line === "") continue;
    const [, sum, path] = /^([0-9a-f]{32}) [ *](.+)$/.exec(line) ?? [];
    const entry = entries.get(path ?? "");
    if (entry === undefined || sum !== md5(entry.open())) {
      flaws.push(`md5sums does not hold for "${path ?? line.slice(0, 80)}"`);
    }
  }
  return flaws;
}

const PIECE_BYTES = 1 << 18;

function md5(reader: Reader): string {
  const hash = createHash("md5");
  for (let at = 0; at < reader.size; at += PIECE_BYTES) {
    hash.update(reader.read(at, Math.min(PIECE_BYTES, reader.size - at)));
  }
  return hash.digest("hex");
}
