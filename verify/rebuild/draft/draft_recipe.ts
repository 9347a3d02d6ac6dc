/**
 * Drafting a recipe from a published artifact: its bytes are asked what they
 * say of their compiler, its package what it says of its source.
 *
 * @module
 */

import { isElf, readElf } from "../../format/elf_header.ts";
import { metadataFacts } from "../../metadata/facts.ts";
import type { MachineFacts } from "../../metadata/machine.ts";
import type { Reader } from "../../reader.ts";
import { dotnetDraft, targetFramework } from "./dotnet_draft.ts";
import { type Draft, type DraftNote, note } from "./draft.ts";
import { goDraft } from "./go_draft.ts";
import { npmDraft } from "./npm_draft.ts";
import { commentDraft } from "./rust_draft.ts";

/** What is known of an artifact before it is read. */
export interface DraftInput {
  /** Path in its package, or its file name. */
  readonly member: string;
  /** Name and version of its package, where it came from one. */
  readonly package?: { readonly name: string; readonly version: string };
  /** The bytes of its package.json, where it came with one. */
  readonly manifest?: Uint8Array | undefined;
}

/** A draft as a document, and what is known of each part. */
export interface DraftedRecipe {
  /** A recipe, less what is not known. */
  readonly recipe: Readonly<Record<string, unknown>>;
  readonly notes: readonly DraftNote[];
}

/**
 * Drafts a recipe.
 *
 * @throws {ReproofError} `json-invalid` for a manifest that is none.
 */
export function draftRecipe(reader: Reader, input: DraftInput): DraftedRecipe {
  const name = fieldName(input.member.slice(input.member.lastIndexOf("/") + 1));
  const facts = metadataFacts(reader);
  const [go] = facts.go?.found ?? [];
  const framework = targetFramework(reader);
  const compiled = go !== undefined
    ? goDraft(go, { name, stripped: isStripped(reader) })
    : framework !== null
    ? dotnetDraft(framework, { name })
    : facts.comment === null
    ? undefined
    : commentDraft(facts.comment, { name });
  const manifest = input.manifest === undefined ? undefined : npmDraft(
    input.manifest,
    {
      member: input.member,
      compiled: compiled !== undefined || facts.machine !== null,
    },
  );
  const target = targetName(facts.machine);
  const draft = merge(manifest, compiled);
  const version = draft.version ??
    /^v?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)$/.exec(
      input.package?.version ?? "",
    )?.[1];
  const notes = [
    ...draft.notes.map((one) => ({
      ...one,
      path: one.path.replace("{target}", target),
    })),
    note("guess", "$.name", "after the file"),
    ...version === undefined
      ? [note("missing", "$.version", "neither file nor package has one")]
      : draft.version === undefined
      ? [note("guess", "$.version", "that of the package")]
      : [],
    ...draft.sourceDateEpoch === undefined
      ? [note("missing", "$.sourceDateEpoch", "unless a commit gives it")]
      : [note("stated", "$.sourceDateEpoch", "build info: time of the commit")],
    ...Object.keys(draft.toolchains).length === 0
      ? [note("missing", "$.toolchains", "the file names no compiler")]
      : [],
    ...draft.build === undefined &&
        !draft.notes.some(({ path, standing }) =>
          standing === "missing" && path.endsWith(".build")
        )
      ? [note("missing", `$.targets.${target}.build`, "nothing says how")]
      : [],
  ];
  return {
    recipe: {
      schemaVersion: 1,
      name,
      ...(version === undefined ? {} : { version }),
      ...(draft.sourceDateEpoch === undefined
        ? {}
        : { sourceDateEpoch: draft.sourceDateEpoch }),
      toolchains: draft.toolchains,
      ...(draft.prepare === undefined ? {} : { prepare: draft.prepare }),
      ...(draft.dropPrepared === undefined
        ? {}
        : { dropPrepared: draft.dropPrepared }),
      ...(draft.env === undefined ? {} : { env: draft.env }),
      targets: {
        [target]: {
          ...(draft.build === undefined ? {} : { build: draft.build }),
          artifacts: [{ name, path: draft.output ?? `out/${name}` }],
        },
      },
    },
    notes: notes.toSorted((a, b) =>
      a.path < b.path ? -1 : a.path > b.path ? 1 : 0
    ),
  };
}

/** What the bytes say of their build comes before what the package says. */
function merge(
  manifest: Draft | undefined,
  compiled: Draft | undefined,
): Draft {
  const none: Draft = { toolchains: {}, notes: [] };
  const all = { ...none, ...manifest, ...compiled };
  return {
    ...all,
    notes: [...manifest?.notes ?? [], ...compiled?.notes ?? []],
  };
}

/** Whether an ELF file has no symbol table; null for other files. */
function isStripped(reader: Reader): boolean | null {
  return isElf(reader)
    ? !readElf(reader).sections.some(({ name }) => name === ".symtab")
    : null;
}

function targetName(machine: MachineFacts | null): string {
  const [architecture] = machine?.architectures ?? [];
  if (machine === null || architecture === undefined) return "any";
  if (machine.format === "wasm") return architecture;
  const system = machine.system ??
    { elf: "linux", pe: "windows", macho: "macos" }[machine.format];
  return fieldName(
    `${system}-${
      machine.architectures.length > 1 ? "universal" : architecture
    }`,
  );
}

/** A name as recipes allow it. */
function fieldName(text: string): string {
  const plain = text.toLowerCase().replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "").slice(0, 64);
  return plain === "" ? "artifact" : plain;
}
