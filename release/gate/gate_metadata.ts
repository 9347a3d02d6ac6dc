/**
 * The gate asks each artifact of the control run what it is: its bytes, and,
 * where this host can run it, what it prints.
 *
 * @module
 */

import type { Check } from "../../verify/check.ts";
import { FileReader } from "../../verify/file_reader.ts";
import { tagCheck } from "../../verify/metadata/checks.ts";
import { metadataFacts } from "../../verify/metadata/facts.ts";
import {
  probeArtifact,
  type ProbeResult,
} from "../../verify/metadata/probe.ts";
import type { MachineFacts } from "../../verify/metadata/machine.ts";
import { inspectHost } from "../../verify/rebuild/host.ts";
import { expandPlaceholders } from "../../verify/rebuild/placeholder.ts";
import type { Rebuild } from "../../verify/rebuild/rebuild.ts";
import type { RebuiltArtifact } from "../../verify/rebuild/result.ts";
import {
  artifactMetadata,
  metadataValues,
  uncheckedArtifact,
} from "../artifact_metadata.ts";
import type { CarriedSupply } from "../supply/judge_supply.ts";
import { suppliedProbe } from "../supply/supplied_probe.ts";
import type { GateInputs } from "./inputs.ts";

/** What asking takes. */
export interface GateMetadataOptions {
  readonly rebuilt: Rebuild;
  /** Builders elsewhere; what they supply is never run here. */
  readonly taken?: readonly CarriedSupply[];
  readonly tag: string;
  readonly signal: AbortSignal | undefined;
}

/** Checks of the gate `metadata` for every artifact of the recipe. */
export async function gateMetadata(
  inputs: GateInputs,
  options: GateMetadataOptions,
): Promise<Check[]> {
  const { rebuilt, tag } = options;
  const recipe = inputs.recipe.value;
  const checks: Check[] = [tagCheck(recipe.version, tag)];
  for (const artifact of rebuilt.result.artifacts) {
    const path = rebuilt.outputs.get(
      `${artifact.target}/${artifact.name}`,
    );
    if (path === undefined || artifact.sha256 === null) {
      checks.push(uncheckedArtifact(artifact, "it was not built"));
      continue;
    }
    const builder = options.taken?.find(({ targets }) =>
      targets.includes(artifact.target)
    );
    using reader = new FileReader(path);
    const facts = metadataFacts(reader, recipe.buildInfo?.keys ?? []);
    checks.push(...artifactMetadata(
      {
        recipe,
        lock: builder?.lock ?? inputs.lock.value,
        policy: inputs.policy.value,
      },
      {
        target: artifact.target,
        name: artifact.name,
        sha256: artifact.sha256,
        facts,
        again: false,
        probe: builder === undefined
          ? await probeTarget(inputs, artifact, {
            ...options,
            path,
            machine: facts.machine,
          })
          : suppliedProbe(recipe, artifact, builder.supply),
      },
    ));
  }
  return checks;
}

/** Runs the probe of a target's first artifact; null where there is none. */
export async function probeTarget(
  inputs: Pick<GateInputs, "recipe" | "lock">,
  artifact: Pick<RebuiltArtifact, "target" | "name">,
  options: Pick<GateMetadataOptions, "rebuilt" | "signal"> & {
    readonly path: string;
    readonly machine: MachineFacts | null;
  },
): Promise<ProbeResult | null> {
  const recipe = inputs.recipe.value;
  const target = recipe.targets[artifact.target];
  if (
    target?.probe === undefined || target.artifacts[0]?.name !== artifact.name
  ) return null;
  const { rebuilt, path, machine, signal } = options;
  const values = {
    ...metadataValues(
      { recipe, lock: inputs.lock.value },
      artifact.target,
    ),
    artifact: path,
    deno: Deno.execPath(),
    sourceDateEpoch: String(rebuilt.result.source.sourceDateEpoch),
    ...(rebuilt.prepared === null ? {} : { prepared: rebuilt.prepared }),
  };
  const what = `the probe of ${artifact.target}`;
  const expand = (text: string) => expandPlaceholders(text, values, { what });
  const isolated = rebuilt.result.runs.every((run) =>
    run.isolation === "bubblewrap"
  );
  return await probeArtifact(
    {
      argv: target.probe.argv.map(expand),
      env: Object.fromEntries(
        Object.entries(target.probe.env).map(([name, value]) => [
          name,
          expand(value),
        ]),
      ),
      artifact: path,
      cwd: rebuilt.source,
    },
    machine,
    {
      bubblewrap: isolated ? (await inspectHost()).bubblewrap : null,
      signal,
    },
  );
}
