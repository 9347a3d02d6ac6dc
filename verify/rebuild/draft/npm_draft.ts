/**
 * What a package.json says (npm, "package.json"): `version`, `repository`,
 * `gitHead` where npm wrote it, `engines` and `scripts.build`.
 *
 * @module
 */

import { parseStrictJson } from "../../strict_json.ts";
import { type Draft, type DraftNote, note } from "./draft.ts";

type Members = Readonly<Record<string, unknown>>;

/**
 * Drafts from the manifest of a package.
 *
 * @param options `compiled` when the file is not JavaScript, so that another
 * draft says how it was built.
 * @throws {ReproofError} `json-invalid`.
 */
export function npmDraft(
  manifest: Uint8Array,
  options: { readonly member: string; readonly compiled: boolean },
): Draft {
  const members = record(parseStrictJson(manifest, "package.json"));
  const notes: DraftNote[] = [];
  const { repository } = members;
  const url = typeof repository === "string"
    ? repository
    : text(record(repository).url);
  const folder = text(record(repository).directory);
  notes.push(
    url === undefined
      ? note("missing", "source", "package.json has no repository")
      : note(
        "stated",
        "source",
        `package.json: repository ${url}${
          folder === undefined ? "" : `, directory ${folder}`
        }`,
      ),
  );
  const head = text(members.gitHead);
  if (head !== undefined) {
    notes.push(note("stated", "source", `package.json: commit ${head}`));
  }
  const version = text(members.version);
  const known = version !== undefined &&
    /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/.test(version);
  if (known) notes.push(note("stated", "$.version", "package.json"));
  const base = { ...(known ? { version } : {}) };
  if (options.compiled) return { toolchains: {}, ...base, notes };
  const build = text(record(members.scripts).build);
  const engines = Object.entries(record(members.engines))
    .map(([name, range]) => `${name} ${String(range)}`).join(", ");
  notes.push(
    note(
      "guess",
      "$.toolchains",
      engines === ""
        ? "the node and npm of this host"
        : `the node and npm of this host; package.json wants ${engines}`,
    ),
    note("guess", "$.prepare", "a package-lock.json in the source"),
    build === undefined
      ? note(
        "missing",
        "$.targets.{target}.build",
        "package.json has no build script",
      )
      : note(
        "guess",
        "$.targets.{target}.build",
        `package.json: scripts.build is ${JSON.stringify(build)}`,
      ),
    note(
      "guess",
      "$.targets.{target}.artifacts",
      "the build leaves the file where the package has it",
    ),
  );
  return {
    ...base,
    toolchains: {
      node: { executable: "node" },
      npm: { executable: "npm", pin: "version" },
    },
    prepare: [
      { argv: ["/bin/cp", "package.json", "package-lock.json", "{prepared}"] },
      {
        argv: [
          ...["{tool:npm}", "ci", "--ignore-scripts", "--no-audit"],
          ...["--no-fund", "--prefix", "{prepared}"],
        ],
      },
    ],
    ...(build === undefined ? {} : {
      build: [
        { argv: ["/bin/cp", "-R", "{prepared}/node_modules", "."] },
        { argv: ["{tool:npm}", "run", "build"] },
      ],
    }),
    output: options.member,
    notes,
  };
}

function record(value: unknown): Members {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Members
    : {};
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
