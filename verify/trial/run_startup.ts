/**
 * The start-up trial of one target, from recipe to samples.
 *
 * @module
 */

import type { PlaceholderValues } from "../rebuild/placeholder.ts";
import { givePorts } from "./ports.ts";
import { profileFinding } from "./profile.ts";
import { readableFolders, referenceFinding } from "./reference.ts";
import { expander } from "./run_smoke.ts";
import {
  runStage,
  type StageOptions,
  type StageRun,
  withFindings,
} from "./run_stage.ts";
import type { Finding } from "./stage/script.ts";
import type { Startup } from "./startup_recipe.ts";

/**
 * Times both sides of a target.
 *
 * @param trial `buildInfo` is the one line in the bytes of the artifact, null
 * when there is not one.
 * @param values Of the placeholders, but for directories and ports.
 * @throws {UsageError} `recipe-invalid` for a placeholder without a value.
 */
export async function runStartupTrial(
  { startup, buildInfo }: {
    readonly startup: Startup;
    readonly buildInfo: string | null;
  },
  values: PlaceholderValues,
  options: StageOptions,
): Promise<StageRun> {
  const { reference, artifact, host, stdout, ...rest } = startup;
  const found: Finding[] = [
    profileFinding("artifact", buildInfo, startup.profile),
  ];
  const run = await runStage((place) => {
    const ports = givePorts(host?.ports ?? [], { isolated: place.isolated });
    const expand = expander(place, {
      ...values,
      port: Object.fromEntries(
        Object.entries(ports).map(([name, port]) => [name, String(port)]),
      ),
    });
    for (
      const side of [reference, ...host === undefined ? [] : [host.reference]]
    ) {
      const finding = referenceFinding(expand(side), {
        artifact: values.artifact ?? "",
        folders: readableFolders(values, options),
      });
      const id = side === reference ? "reference" : "host-reference";
      found.push({ ...finding, id });
    }
    return {
      kind: "startup",
      place,
      ...rest,
      stdout: stdout ?? null,
      reference: { ...expand(reference), stdin: "" },
      artifact: { ...expand(artifact), stdin: "" },
      probe: reference.probe === undefined
        ? null
        : { ...expand(reference.probe), stdin: "" },
      host: host === undefined ? null : {
        ...host,
        reference: expand(host.reference),
        artifact: expand(host.artifact),
      },
      ports,
    };
  }, options);
  return withFindings(run, found);
}
