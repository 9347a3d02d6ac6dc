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
      "Its headers or a library in its image could not be read, or the policy does not say what its users have.",
    next:
      "Say in the policy under abi what each target offers; look at the library that is named.",
    waivable: false,
  },
  "abi-loader": {
    title: "An artifact needs another loader",
    meaning: "Systems that it is offered for cannot start it.",
    next: "Link against the C library of the target, or statically.",
    waivable: true,
  },
  "abi-library": {
    title: "An artifact needs a library that its users may lack",
    meaning:
      "The policy does not offer it, or its image does not hold it; without it the loader refuses to start.",
    next: "Link it statically, bring it into the image, or offer it.",
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
  "budget-missing": {
    title: "A target has no budget",
    meaning: "Nobody has decided what the target may cost.",
    next: "Give it numbers in the policy under budget.",
    waivable: true,
  },
  "budget-size": {
    title: "A file is larger than its budget, or was not measured",
    meaning:
      "It costs its users more to fetch, store or load than was agreed, or there is nothing of the kind that the budget is about.",
    next: "Look at what grew (reproof inspect), or decide on a larger budget.",
    waivable: true,
  },
  "budget-growth": {
    title: "An artifact grew more than its budget, or from nothing known",
    meaning:
      "It is larger than in the previous release by more than was agreed, or nothing was given to compare with.",
    next:
      "Look at the parts that grew; give the previous release with --previous.",
    waivable: true,
  },
  "budget-build-time": {
    title: "Builds take longer than their budget, or too few are known",
    meaning:
      "The 95th percentile of the recorded builds is above the budget, or too few are recorded to tell.",
    next: "Look at what slowed the build; give the history with --history.",
    waivable: true,
  },
  "budget-cache": {
    title: "Less of a build comes out of caches than agreed",
    meaning:
      "The caches of the build are cold or not used, or no step tells how much came out of them.",
    next:
      "Look at what invalidates the cache; let a step print its statistics and say so in the recipe.",
    waivable: true,
  },
  "baseline-invalid": {
    title: "What came before cannot be used",
    meaning:
      "The previous release does not verify or is of another project, or the recorded build times cannot be read.",
    next: "Give the last released directory of this project.",
    waivable: false,
  },
  "warnings-unread": {
    title: "A build log could not be read for warnings",
    meaning:
      "The recipe names no log, or the log holds nothing that was recognised or no sign of its project; it may hide any warning.",
    next:
      "Say in the recipe which step's log is of which kind, and let the compiler print enough to be recognised (-v, or JSON).",
    waivable: false,
  },
  "warnings-other-encoding": {
    title: "A build log changes its encoding",
    meaning:
      "In the middle of it stand bytes of another encoding, as when a wide-character tool writes into the output of others; what they say is not read.",
    next:
      "Let every tool of the step print UTF-8, or give it a step of its own.",
    waivable: false,
  },
  "warnings-truncated": {
    title: "A build log breaks off",
    meaning:
      "A line or document begins as one of its kind and does not end; the rest of it, and what came after, is lost.",
    next:
      "Look at what ended the tool; where two print at once, give each a step of its own.",
    waivable: false,
  },
  "warnings-cut": {
    title: "A build log is larger than is read",
    meaning:
      "A line, a document or the number of warnings passed a limit, and the rest was not looked at.",
    next: "Let the step print less, or split it.",
    waivable: false,
  },
  "warnings-miscounted": {
    title: "A build tool counted more warnings than were found",
    meaning:
      "Its own count at the end of the log is higher; some warning is in a form that is not read.",
    next: "Look for it in the log; let the tool print its usual form, or JSON.",
    waivable: false,
  },
  "warning-found": {
    title: "A build printed a warning that is an error by the policy",
    meaning:
      "The compiler doubts that the program does what its source says; of ahead-of-time compilers it often means a failure at run time.",
    next:
      "Fix the cause, or waive this code of this project until it is fixed.",
    waivable: true,
  },
  "warnings-suppressed": {
    title: "The source suppresses more warnings than allowed",
    meaning: "A suppressed warning is one that no log shows.",
    next: "Remove suppressions, or decide on a larger number.",
    waivable: true,
  },
} as const satisfies Record<string, CatalogueEntry>;
