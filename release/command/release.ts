/**
 * `reproof release`: the go/no-go gate of a release.
 *
 * @module
 */

import { resolve } from "@std/path";
import { UsageError } from "../../verify/error.ts";
import { outcomeExit } from "../../verify/verdict.ts";
import type { Arguments, Command } from "../cli/command.ts";
import { Progress } from "../cli/progress.ts";
import { runGate } from "../gate/gate.ts";
import { findSupplies, readEvidence } from "../evidence_files.ts";
import { readFuseRun } from "../fuse/provenance.ts";
import { readTargets } from "./target_flags.ts";
import { readHanded } from "../supply/read_supply.ts";
import { readInputs } from "../gate/inputs.ts";
import { hostsOf } from "../report/hosts.ts";
import { renderDecision } from "../report/release_text.ts";
import { REBUILD_FLAGS, rebuildOptions } from "./rebuild_flags.ts";
import { assertQuorum, readChannel, readCount } from "./demand_flags.ts";
import { assertNotAhead } from "./not_ahead.ts";
import { chooseSigner, SIGNER_FLAGS } from "./release_signer.ts";

/** The `release` command. */
export const releaseCommand: Command = {
  name: "release",
  summary: "Rebuild, compare, check, sign and decide: go or no-go",
  usage: [
    "release [DIR] --tag TAG --key FILE --out DIR",
    "release [DIR] --tag TAG --keyless --fulcio URL --rekor URL --trusted-root FILE --out DIR",
  ],
  example:
    "reproof release . --tag v0.4.0 --key release-key.pem --out out/v0.4.0",
  flags: [
    {
      name: "tag",
      value: "TAG",
      help: "Tag of the release; must be the recipe's version",
    },
    ...SIGNER_FLAGS,
    {
      name: "channel",
      value: "NAME",
      help: "Line of releases; stable, or prerelease, by the version without",
    },
    {
      name: "sequence",
      value: "N",
      help: "Number that grows with each release of the channel",
    },
    {
      name: "fuse",
      help:
        "Write fuse/ too: the documents of FUSE's releases, for this GitHub run",
    },
    {
      name: "evidence",
      value: "DIR",
      repeatable: true,
      help: "What reproof supply or rebuilders left on other machines",
    },
    {
      name: "target",
      value: "NAME",
      repeatable: true,
      help: "Build this target here; all that no builder supplies without",
    },
    {
      name: "supplied",
      value: "NAME",
      repeatable: true,
      help: "Take this target from a builder, and never build it here",
    },
    {
      name: "out",
      value: "DIR",
      help: "Directory to write; a no-go is written to DIR.no-go",
    },
    {
      name: "policy",
      value: "FILE",
      help: "Policy; reproof.policy.json of the project without it",
    },
    {
      name: "previous",
      value: "DIR",
      help: "Previous release, verified, to measure growth from",
    },
    {
      name: "history",
      value: "FILE",
      help: "Build times so far; those of the previous release without it",
    },
    {
      name: "drill",
      value: "FILE",
      help: "Rollback drill of the previous release, by reproof rollback",
    },
    ...REBUILD_FLAGS,
  ],
  operands: [0, 1],
  async run(context, args) {
    const project = resolve(args.operands[0] ?? ".");
    const output = resolve(required(args, "out"));
    const tag = required(args, "tag");
    assertNotAhead(context, "a decision");
    const channel = readChannel(args);
    const sequence = readCount(args, "sequence");
    const fuse = args.has("fuse") ? readFuseRun(context.env) : undefined;
    const { signer, hidden } = await chooseSigner(context, args, project);
    const inputs = readInputs(project, {
      policyPath: args.value("policy"),
      signer,
      now: context.now,
      roots: rootsOf(args),
    });
    const supplies = findSupplies(args.values("evidence")).map(readHanded);
    if (supplies.length === 0) assertQuorum(args, inputs.policy.value);
    const targets = readTargets(args, inputs.recipe.value);
    using progress = new Progress(context);
    const { report, directory } = await runGate({
      project,
      output,
      inputs,
      tag,
      channel,
      sequence,
      fuse,
      evidence: readEvidence(args.values("evidence")),
      supplies,
      ...targets,
      now: context.now,
      clock: context.clock,
      previous: args.value("previous"),
      history: args.value("history"),
      drill: args.value("drill"),
      rebuild: {
        ...rebuildOptions(context, args),
        progress: progress.listener,
        hidden,
      },
    });
    progress[Symbol.dispose]();
    const title = `${report.project} ${report.version} (${report.tag})`;
    if (args.has("json")) {
      context.out(JSON.stringify({ ...report, directory }, null, 2) + "\n");
    }
    const text = renderDecision(title, report, {
      color: context.color,
      hosts: hostsOf(report),
    });
    const where = `Written to ${directory}\n`;
    if (args.has("json")) context.err(text + where);
    else context.out(text + where);
    return outcomeExit(report.decision.outcome);
  },
};

function rootsOf(args: Arguments): string[] {
  const path = args.value("trusted-root");
  return path === undefined ? [] : [path];
}

function required(args: Arguments, name: string): string {
  const value = args.value(name);
  if (value === undefined) {
    throw new UsageError("usage", 'Reading the arguments of "release"', {
      expected: `"--${name}"`,
      observed: "none",
    });
  }
  return value;
}
