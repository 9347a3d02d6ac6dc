/**
 * `reproof rollback`: goes back to the previous release on this machine, and
 * signs what came of it. `release --drill` takes the statement as evidence.
 *
 * @module
 */

import { resolve } from "@std/path";
import { rollbackChecks } from "../../policy/rollback_checks.ts";
import {
  makeStatement,
  PREDICATE_TYPE,
} from "../../verify/attest/statement.ts";
import type { Check } from "../../verify/check.ts";
import { UsageError } from "../../verify/error.ts";
import { escapeText } from "../../verify/escape.ts";
import type { Json } from "../../verify/strict_json.ts";
import { EXIT } from "../../verify/verdict.ts";
import type { Arguments, Command } from "../cli/command.ts";
import { readInputs } from "../gate/inputs.ts";
import { RELEASE_FILES } from "../layout.ts";
import { fallbackFindings } from "../rollback/fallback_findings.ts";
import { runDrill } from "../rollback/run_drill.ts";
import { writeNew } from "../write_new.ts";
import { assertNotAhead } from "./not_ahead.ts";
import { chooseSigner, SIGNER_FLAGS } from "./release_signer.ts";

const DOING = 'Reading the arguments of "rollback"';

/** The `rollback` command. */
export const rollbackCommand: Command = {
  name: "rollback",
  summary: "Go back to the previous release, and sign that it worked",
  usage: ["rollback [DIR] --previous DIR --key FILE --out FILE"],
  example:
    "reproof rollback . --previous out/v0.3.0 --key release-key.pem --out out/drill.sigstore.json",
  flags: [
    {
      name: "previous",
      value: "DIR",
      help: "Release to go back to; it must verify by the signer's trust",
    },
    ...SIGNER_FLAGS,
    { name: "out", value: "FILE", help: "Bundle to write" },
    {
      name: "policy",
      value: "FILE",
      help: "Policy; reproof.policy.json of the project without it",
    },
  ],
  operands: [0, 1],
  async run(context, args) {
    const project = resolve(args.operands[0] ?? ".");
    const previous = required(args, "previous");
    const out = required(args, "out");
    assertNotAhead(context, "a drill");
    const { signer } = await chooseSigner(context, args, project);
    const root = args.value("trusted-root");
    const inputs = readInputs(project, {
      policyPath: args.value("policy"),
      signer,
      now: context.now,
      roots: root === undefined ? [] : [root],
    });
    const policy = inputs.policy.value;
    if (policy.rollback === undefined) {
      throw new UsageError("policy-invalid", "Reading the policy", {
        expected: 'a section "rollback"',
        observed: "none",
      });
    }
    const { drill, listSha256 } = await runDrill(inputs, {
      project,
      previous,
      now: context.now,
      signal: context.signal,
    });
    const statement = makeStatement(
      [{ name: RELEASE_FILES.checksums, digest: { sha256: listSha256 } }],
      PREDICATE_TYPE.rollbackDrill,
      { predicate: drill as unknown as Record<string, Json> },
    );
    writeNew(out, await signer.statement(statement));
    const recipe = inputs.recipe.value;
    const checks = rollbackChecks({
      evidence: { kind: "drill", drill, listSha256, payloadSha256: "" },
      previous: { version: drill.version, checksumsSha256: listSha256 },
      project: recipe.name,
      // The version that will be released is not known yet.
      version: "",
      targets: Object.keys(recipe.targets),
      fallback: fallbackFindings(recipe),
      now: context.now,
    }, policy).map((check): Check => ({ ...check, evidence: [] }));
    if (args.has("json")) {
      context.out(
        JSON.stringify({ drill, checks, bundle: out }, null, 2) + "\n",
      );
    }
    const print = args.has("json") ? context.err : context.out;
    for (const { id, status, expected, observed } of checks) {
      print(
        status === "pass"
          ? `${status}  ${escapeText(id)}\n`
          : `${status}  ${escapeText(id)}: expected ${
            escapeText(expected)
          }, found ${escapeText(observed)}\n`,
      );
    }
    print(`Written to ${out}\n`);
    const has = (status: Check["status"]) =>
      checks.some((check) => check.status === status);
    return has("fail")
      ? EXIT.failed
      : has("unchecked") || !has("pass")
      ? EXIT.inconclusive
      : EXIT.ok;
  },
};

function required(args: Arguments, name: string): string {
  const value = args.value(name);
  if (value === undefined) {
    throw new UsageError("usage", DOING, {
      expected: `"--${name}"`,
      observed: "none",
    });
  }
  return value;
}
