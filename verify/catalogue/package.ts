/**
 * Codes of packages: what they hold, what they say of themselves, and what
 * they run.
 *
 * @module
 */

import type { CatalogueEntry } from "./entry.ts";

/** Codes of packages. */
export const PACKAGE_CODES = {
  "package-missing": {
    title: "A target has no package",
    meaning:
      "The policy asks for the gate packages, and no artifact of the target is a package by the recipe, or one refers to a package that the recipe does not have.",
    next:
      "Say in the recipe which artifact is a package, or name a document with the steps in the policy under packages.documented.",
    waivable: false,
  },
  "package-unreadable": {
    title: "A package could not be read whole",
    meaning:
      "It is not of the kind that the recipe says, something in it does not decode, readers disagree on it, or its own manifest is no document with one meaning; it may hold anything.",
    next: "Pack it again with the tool of its kind.",
    waivable: false,
  },
  "package-path-unsafe": {
    title: "A name in a package does not mean one place",
    meaning:
      "It is absolute, climbs with .., or comes twice, perhaps in another case, so that installers write other files than were looked at.",
    next: "Pack each file once, under a relative path.",
    waivable: false,
  },
  "package-special": {
    title: "A package brings a link, a device, or a file with more rights",
    meaning:
      "What it reaches lies outside of what was looked at, or its user becomes somebody else.",
    next: "Pack plain files.",
    waivable: true,
  },
  "package-form": {
    title: "A package lacks what its kind asks for",
    meaning:
      "Its type, its list of files or its second manifest says something else than the rest of it; installers refuse it, or install something else.",
    next: "Pack it again with the tool of its kind.",
    waivable: true,
  },
  "package-name": {
    title: "A package has another name",
    meaning: "Whoever installs by the name of the release gets something else.",
    next: "Set the name in its manifest, or in the recipe.",
    waivable: false,
  },
  "package-version": {
    title: "A package has another version than the release",
    meaning:
      "Its registry would show other bytes under a version that is not this one.",
    next: "Set the version of the recipe in its manifest, and pack again.",
    waivable: false,
  },
  "package-target": {
    title: "A package says another platform than its program is for",
    meaning:
      "It installs where the program cannot start: its manifest or the path names no platform, or another one than the headers of the program.",
    next: "Pack the artifact of that platform, or say the right one.",
    waivable: false,
  },
  "package-artifact": {
    title: "A package does not hold the released artifact",
    meaning:
      "At the path that the recipe names there is nothing, something else, or a file that its container does not keep executable.",
    next: "Copy the very file that is released into the package, last.",
    waivable: false,
  },
  "package-command": {
    title: "A package brings other commands than declared",
    meaning:
      "A command is missing, starts another file, or is one that nobody declared and that hides a program of that name.",
    next: "Correct its manifest, or declare the commands in the recipe.",
    waivable: false,
  },
  "package-executable": {
    title: "A package holds more that can be executed",
    meaning:
      "Beside the released artifacts there are programs, libraries or scripts that nothing here has looked at.",
    next: "Leave them out, or name them in the recipe under package.also.",
    waivable: true,
  },
  "package-hook": {
    title: "A package runs something while it is installed",
    meaning:
      "Whoever installs it runs that with their own rights, before any program of it is started.",
    next: "Remove it, or declare it in the recipe under package.hooks.",
    waivable: true,
  },
  "package-steps": {
    title: "A target's installation is not documented",
    meaning:
      "The policy names a document in place of a package, and it is not in the source, or has no section about the target with steps to take.",
    next:
      "Write a heading with the name of the target, and below it commands in a fenced block or a numbered list.",
    waivable: true,
  },
} as const satisfies Record<string, CatalogueEntry>;
