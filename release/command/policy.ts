/**
 * `reproof policy init|check|schema`: drafts a policy from a recipe, holds one
 * against its schema and the catalogue, and prints the schema for editors.
 *
 * @module
 */

import { join } from "@std/path";
import { POLICY, POLICY_FILE, policySchema } from "../../policy/policy.ts";
import { lifeLeft } from "../../policy/waivers.ts";
import { parseDocument } from "../../verify/document.ts";
import { UsageError } from "../../verify/error.ts";
import { RECIPE, RECIPE_FILE } from "../../verify/rebuild/recipe.ts";
import { loadPublicKey } from "../../verify/attest/public_key.ts";
import { EXIT, type ExitCode } from "../../verify/verdict.ts";
import { ask } from "../cli/ask.ts";
import type { Arguments, Command, Context } from "../cli/command.ts";
import { assertKnownNormalizers } from "../known_normalizers.ts";
import { readDocument } from "../read_document.ts";
import { askPolicy } from "../policy_questions.ts";
import { type Preset, presetPolicy, PRESETS } from "../policy_presets.ts";
import { writeNew } from "../write_new.ts";
import { printSchema } from "./print_schema.ts";

/** The `policy` command. */
export const policyCommand: Command = {
  name: "policy",
  summary: "Draft, check or describe a policy",
  usage: [
    "policy init [DIR] [--preset NAME] [--key FILE]",
    "policy check [DIR|FILE]",
    "policy schema",
  ],
  example: "reproof policy init . --key release-key.pub",
  flags: [
    {
      name: "key",
      value: "FILE",
      help: "Public key to trust, for init",
      repeatable: true,
    },
    {
      name: "preset",
      value: "NAME",
      help: "generic, fuse or omnirelay: gates and numbers to begin with",
    },
    { name: "yes", help: "Ask nothing at a terminal: take what is proposed" },
  ],
  operands: [1, 2],
  async run(context, args) {
    switch (args.operands[0]) {
      case "init":
        return await init(context, args);
      case "check":
        return check(context, args);
      case "schema":
        return printSchema(context, args, {
          command: "policy",
          schema: policySchema,
        });
      default:
        throw new UsageError("usage", 'Reading the arguments of "policy"', {
          expected: "init, check or schema",
          observed: `"${args.operands[0]}"`,
        });
    }
  },
};

async function init(context: Context, args: Arguments): Promise<ExitCode> {
  const directory = args.operands[1] ?? ".";
  const recipe = readDocument(RECIPE, join(directory, RECIPE_FILE));
  const keys = args.values("key").map((path) => {
    // A private key would otherwise end up in a file to commit.
    loadPublicKey(path);
    return Deno.readTextFileSync(path);
  });
  const path = join(directory, POLICY_FILE);
  const draft = presetPolicy(preset(args), recipe, keys);
  const asked = Deno.stdin.isTerminal() && !args.has("yes") && !exists(path)
    ? await askPolicy(
      draft,
      (question, proposal) => ask(`${question} [${proposal}]:`, context),
      (reason) => context.err(`${reason}\n`),
    )
    : draft;
  const text = JSON.stringify(asked, null, 2) + "\n";
  parseDocument(POLICY, text, POLICY_FILE);
  writeNew(path, text);
  const { reproducibility, source } = asked;
  context.err(
    `Wrote ${path}. Read it: it asks for ${reproducibility.verdict} builds, ${
      source?.commit === "optional" ? "no" : "a clean"
    } commit and ${reproducibility.isolation}.\n`,
  );
  return EXIT.ok;
}

/** A policy that is there is found before anybody answers questions. */
function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

function preset(args: Arguments): Preset {
  const name = args.value("preset") ?? "generic";
  const found = PRESETS.find((one) => one === name);
  if (found === undefined) {
    throw new UsageError("usage", 'Reading "--preset"', {
      expected: `one of ${PRESETS.join(", ")}`,
      observed: `"${name}"`,
    });
  }
  return found;
}

/** A policy by its own path, or by that of the project. */
function policyAt(path: string): string {
  try {
    if (!Deno.statSync(path).isDirectory) return path;
  } catch {
    // Reading it says what is wrong.
    return path;
  }
  return path === "." ? POLICY_FILE : join(path, POLICY_FILE);
}

function check(context: Context, args: Arguments): ExitCode {
  const path = policyAt(args.operands[1] ?? ".");
  const policy = readDocument(POLICY, path);
  assertKnownNormalizers(policy);
  const findings = [...policy.waivers, ...policy.tolerances].flatMap(
    (entry) => {
      const life = lifeLeft(entry.expires, context.now);
      return life.expired
        ? [{ id: entry.id, finding: "expired", expires: entry.expires }]
        : life.tooLong
        ? [{ id: entry.id, finding: "too-long", expires: entry.expires }]
        : [];
    },
  );
  if (args.has("json")) {
    context.out(
      JSON.stringify({ schemaVersion: 1, path, findings }, null, 2) + "\n",
    );
  } else {
    context.out(
      findings.length === 0
        ? `${path}: valid\n`
        : findings.map((entry) =>
          `${path}: "${entry.id}" is ${entry.finding} (expires ${entry.expires})\n`
        ).join(""),
    );
  }
  return findings.length === 0 ? EXIT.ok : EXIT.failed;
}
