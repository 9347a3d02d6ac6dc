/**
 * Codes of what artifacts say of themselves.
 *
 * @module
 */

import type { CatalogueEntry } from "./entry.ts";

/** Codes of what artifacts say of themselves. */
export const METADATA_CODES = {
  "metadata-missing": {
    title: "An artifact does not say how it was built",
    meaning:
      "The bytes hold no build-info line, so nothing that the artifact should say can be checked.",
    next:
      'Embed a line such as "mode=aot target=linux-x64 cli=1.2.3", ended by a newline, and name its keys in the recipe under buildInfo; or let the policy take a printed one (metadata.line).',
    waivable: false,
  },
  "metadata-ambiguous": {
    title: "An artifact holds several build-info lines",
    meaning:
      "The lines differ, so there is no telling which of them speaks for the artifact.",
    next: "Embed one line; look for a second copy that a library brings along.",
    waivable: false,
  },
  "metadata-malformed": {
    title: "A build-info line breaks its grammar",
    meaning:
      "A key is missing, unknown, repeated or out of order, or a value has more than one meaning.",
    next: "Correct the line or the keys in the recipe, whichever is wrong.",
    waivable: false,
  },
  "metadata-contradiction": {
    title: "Recipe and policy expect different values",
    meaning:
      "No artifact can be what both ask for, so one of the two is out of date.",
    next: "Correct the one that is wrong.",
    waivable: false,
  },
  "metadata-mode": {
    title: "The mode is not the expected one",
    meaning:
      "The artifact says that it was made in another way than ahead of time, or as agreed.",
    next: "Check which build left the artifact.",
    waivable: true,
  },
  "metadata-profile": {
    title: "The profile is not the expected one",
    meaning:
      "The artifact says that it was built with other settings than those of a release.",
    next: "Build it with the release profile.",
    waivable: true,
  },
  "metadata-target": {
    title: "The target is not the expected one",
    meaning: "The artifact says that it is for another platform.",
    next: "Check the target of the build and the expectation.",
    waivable: true,
  },
  "metadata-compiler": {
    title: "The compiler is not the expected one",
    meaning:
      "The artifact names another compiler, or another version, than the lock.",
    next: "Build with the locked toolchain, or lock the one that is meant.",
    waivable: true,
  },
  "metadata-version": {
    title: "The version is not the released one",
    meaning: "The artifact says that it is another version.",
    next: "Set the version in one place and build again.",
    waivable: true,
  },
  "metadata-contract": {
    title: "The contract is not the expected one",
    meaning:
      "The artifact keeps another contract with those who start and watch it.",
    next:
      "Release under the contract that the policy names, or change it there.",
    waivable: true,
  },
  "metadata-value": {
    title: "A value is not the expected one",
    meaning:
      "The artifact says something else of itself than recipe or policy expect, or nobody says what to expect.",
    next: "Correct the build or the expectation; expect a value of every key.",
    waivable: true,
  },
  "metadata-machine": {
    title: "The bytes are for another machine",
    meaning:
      "The header of the artifact contradicts the target that it is released or built for.",
    next: "Check which compiler and target the build really used.",
    waivable: true,
  },
  "metadata-compiler-trace": {
    title: "The bytes come from another compiler",
    meaning:
      "The trace that the compiler left in the artifact contradicts the one that it names, or is gone.",
    next:
      "Embed the version line of the compiler that compiles, whole, as the lock has it ({toolVersion:NAME} in metadata), and keep .comment when stripping.",
    waivable: true,
  },
  "metadata-probe": {
    title: "An artifact does not print what it holds",
    meaning:
      "Asked for its build-info line it printed another, or more, or ended otherwise.",
    next:
      "Run the probe of the recipe by hand; the line must be all that it prints.",
    waivable: true,
  },
  "metadata-tag": {
    title: "Version and tag differ",
    meaning: "The recipe releases another version than the tag names.",
    next: "Correct the version in the recipe, or tag the right commit.",
    waivable: false,
  },
} as const satisfies Record<string, CatalogueEntry>;
