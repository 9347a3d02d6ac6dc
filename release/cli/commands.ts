/**
 * The list of commands: names and summaries for the help, and how to load
 * each one. Nothing else is imported, so that start-up stays small.
 *
 * @module
 */

import type { Command } from "./command.ts";

/**
 * Imports a module that is named at run time. Deno reads whatever a literal
 * names before it starts, which for all commands takes twice as long as the
 * rest of the start; it asks for permission to read for what is named later.
 */
function load<Module>(path: string): Promise<Module> {
  return import(path);
}

/** A command that has not been loaded yet. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<Command>;
}

/** Every command in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "release",
    summary: "Rebuild, compare, check, sign and decide: go or no-go",
    load: async () =>
      (await load<typeof import("../command/release.ts")>(
        "../command/release.ts",
      )).releaseCommand,
  },
  {
    name: "verify",
    summary: "Verify a published release as a third party",
    load: async () =>
      (await load<typeof import("../command/verify.ts")>(
        "../command/verify.ts",
      )).verifyCommand,
  },
  {
    name: "audit",
    summary: "Verify many releases, with a history, alarms and a page",
    load: async () =>
      (await load<typeof import("../command/audit.ts")>("../command/audit.ts"))
        .auditCommand,
  },
  {
    name: "rebuild",
    summary: "Build twice in different surroundings and compare",
    load: async () =>
      (await load<typeof import("../command/rebuild.ts")>(
        "../command/rebuild.ts",
      )).rebuildCommand,
  },
  {
    name: "supply",
    summary: "Build targets here for a release that another host decides",
    load: async () =>
      (await load<typeof import("../command/supply.ts")>(
        "../command/supply.ts",
      )).supplyCommand,
  },
  {
    name: "compare",
    summary:
      "Compare two files or directories, byte by byte and field by field",
    load: async () =>
      (await load<typeof import("../command/compare.ts")>(
        "../command/compare.ts",
      )).compareCommand,
  },
  {
    name: "inspect",
    summary: "Show the layout of a file and what would not reproduce",
    load: async () =>
      (await load<typeof import("../command/inspect.ts")>(
        "../command/inspect.ts",
      )).inspectCommand,
  },
  {
    name: "rollback",
    summary: "Go back to the previous release, and sign that it worked",
    load: async () =>
      (await load<typeof import("../command/rollback.ts")>(
        "../command/rollback.ts",
      )).rollbackCommand,
  },
  {
    name: "lock",
    summary: "Pin the toolchains of a recipe, or check the pins",
    load: async () =>
      (await load<typeof import("../command/lock.ts")>("../command/lock.ts"))
        .lockCommand,
  },
  {
    name: "recipe",
    summary: "Draft a recipe from a published artifact, check or describe one",
    load: async () =>
      (await load<typeof import("../command/recipe.ts")>(
        "../command/recipe.ts",
      )).recipeCommand,
  },
  {
    name: "report",
    summary:
      "Show the report of a decision as JUnit, SARIF, badge or annotations",
    load: async () =>
      (await load<typeof import("../command/report.ts")>(
        "../command/report.ts",
      )).reportCommand,
  },
  {
    name: "reproduce",
    summary: "Print the local commands that repeat a finding",
    load: async () =>
      (await load<typeof import("../command/reproduce.ts")>(
        "../command/reproduce.ts",
      )).reproduceCommand,
  },
  {
    name: "ci",
    summary: "Write a workflow for a CI system",
    load: async () =>
      (await load<typeof import("../command/ci.ts")>("../command/ci.ts"))
        .ciCommand,
  },
  {
    name: "doctor",
    summary: "Look at this machine, and test that tampering is refused",
    load: async () =>
      (await load<typeof import("../command/doctor.ts")>(
        "../command/doctor.ts",
      )).doctorCommand,
  },
  {
    name: "attest",
    summary: "Verify a single Sigstore bundle of any origin, or sign a file",
    load: async () =>
      (await load<typeof import("../command/attest.ts")>(
        "../command/attest.ts",
      )).attestCommand,
  },
  {
    name: "keygen",
    summary: "Make a key pair to sign releases with",
    load: async () =>
      (await load<typeof import("../command/keygen.ts")>(
        "../command/keygen.ts",
      )).keygenCommand,
  },
  {
    name: "policy",
    summary: "Draft, check or describe a policy",
    load: async () =>
      (await load<typeof import("../command/policy.ts")>(
        "../command/policy.ts",
      )).policyCommand,
  },
  {
    name: "trust",
    summary: "Show whom a policy trusts, for what, and until when",
    load: async () =>
      (await load<typeof import("../command/trust.ts")>("../command/trust.ts"))
        .trustCommand,
  },
  {
    name: "explain",
    summary: "Print what a code means and what to do about it",
    load: async () =>
      (await load<typeof import("../command/explain.ts")>(
        "../command/explain.ts",
      )).explainCommand,
  },
  {
    name: "completions",
    summary: "Print a completion script for bash, zsh or fish",
    load: async () =>
      (await load<typeof import("../command/completions.ts")>(
        "../command/completions.ts",
      )).completionsCommand,
  },
];
