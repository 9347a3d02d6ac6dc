/**
 * Codes of the gates that a policy may name beside those of every release:
 * versions, ABI, budgets and warnings.
 *
 * @module
 */

import type { CatalogueEntry } from "./entry.ts";

/** Codes of the gates that a policy may name. */
export const GATE_CODES = {
  "version-manifest": {
    title: "A package manifest names another version",
    meaning:
      "Whoever installs by that manifest gets or sees another version than the released one.",
    next: "Set the version of the manifest and tag again.",
    waivable: false,
  },
  "version-unread": {
    title: "A version could not be read",
    meaning:
      "A manifest or changelog that must agree is not named, not there, or does not give its version in so many words.",
    next:
      "Name manifests that give a version in the recipe under versions, as files of the source.",
    waivable: false,
  },
  "version-changelog": {
    title: "The changelog has no one section about the version",
    meaning: "Nobody can read what the release changes.",
    next: "Write one section under a heading with the version.",
    waivable: true,
  },
  "version-embedded": {
    title: "An artifact embeds another version, or none",
    meaning:
      "What is running cannot be told from another release by its own word.",
    next: "Set the version in one place and build again.",
    waivable: false,
  },
  "version-commit": {
    title: "The tag does not point at the commit that was built",
    meaning:
      "The released bytes come from other source than the tag shows to everybody.",
    next: "Check out the tag and release that, or move to a new tag.",
    waivable: false,
  },
  "abi-unknown": {
    title: "What an artifact asks of its system is not known",
    meaning:
      "Its headers could not be read, or the policy does not say what its users have.",
    next: "Say in the policy under abi what each target offers.",
    waivable: false,
  },
  "abi-loader": {
    title: "An artifact needs another loader",
    meaning: "Systems that it is offered for cannot start it.",
    next: "Link against the C library of the target, or statically.",
    waivable: true,
  },
  "abi-symbols": {
    title: "An artifact needs newer symbols than its users have",
    meaning:
      "The loader of an older system refuses to start it; most often it was built on a newer one.",
    next: "Build against the oldest system that is offered.",
    waivable: true,
  },
  "abi-system": {
    title: "An artifact needs a newer system than its users have",
    meaning: "Its headers ask for a version that the offered systems refuse.",
    next: "Lower the deployment target of the build.",
    waivable: true,
  },
} as const satisfies Record<string, CatalogueEntry>;
