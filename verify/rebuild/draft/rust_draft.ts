/**
 * What the `.comment` of an ELF file says: the compilers and linkers that had
 * a hand in it. rustc names itself to the commit; how it was called is not
 * recorded, so a build by cargo is a guess.
 *
 * @module
 */

import { type Draft, type DraftNote, note } from "./draft.ts";

const RUSTC = /^rustc version ([0-9][^ ]*) \(/;
const GCC = /^GCC: /;

/** Drafts from `.comment`; undefined when no known compiler is named. */
export function commentDraft(
  comment: readonly string[],
  file: { readonly name: string },
): Draft | undefined {
  const rustc = comment.find((text) => RUSTC.test(text));
  const gcc = comment.filter((text) => GCC.test(text));
  const others = comment.filter((text) => text !== rustc && !GCC.test(text));
  const notes: DraftNote[] = others.map((text) =>
    note("stated", "$.toolchains", `.comment: ${text}`)
  );
  if (gcc.length > 0) {
    notes.push(note(
      rustc === undefined ? "stated" : "guess",
      "$.toolchains.gcc",
      `.comment: ${gcc.join("; ")}${
        rustc === undefined
          ? ", of the program or of the C library's start files"
          : ", as the linker or of the C library's start files"
      }`,
    ));
  }
  const linker = gcc.length > 0 ? { gcc: { executable: "gcc" } } : {};
  if (rustc === undefined) {
    if (gcc.length === 0) return undefined;
    notes.push(note(
      "missing",
      "$.targets.{target}.build",
      "how the compiler was called is not recorded",
    ));
    return { toolchains: linker, notes };
  }
  notes.push(
    note("stated", "$.toolchains.rustc", `.comment: ${rustc}`),
    note("guess", "$.toolchains.cargo", "that cargo built it"),
    note(
      "guess",
      "$.prepare",
      "the crates of Cargo.lock, as cargo fetches them",
    ),
    note(
      "guess",
      "$.targets.{target}.build",
      "the release profile, without features or flags",
    ),
    note("guess", "$.targets.{target}.artifacts", "named as the file was"),
    note("missing", "source", "the file does not name its source"),
  );
  const env = { CARGO_HOME: "{prepared}/cargo" };
  return {
    toolchains: {
      rustc: { executable: "rustc" },
      cargo: { executable: "cargo" },
      ...linker,
    },
    prepare: [{ argv: ["{tool:cargo}", "fetch", "--locked"], env }],
    build: [{
      argv: ["{tool:cargo}", "build", "--release", "--locked", "--offline"],
      env,
    }],
    output: `target/release/${file.name}`,
    notes,
  };
}
