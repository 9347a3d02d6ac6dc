/**
 * What was built here and what was taken from builders elsewhere, as one: every
 * artifact of the recipe in its order, those that nobody has as not built, with
 * the files and logs of both.
 *
 * @module
 */

import { join } from "@std/path";
import type { Rebuild, RebuildLog } from "../../verify/rebuild/rebuild.ts";
import type { RebuiltArtifact } from "../../verify/rebuild/result.ts";
import { worstVerdict } from "../../verify/verdict.ts";
import { RELEASE_FILES, SUPPLY_FILES } from "../layout.ts";
import type { ReleaseReport } from "../report/release_report.ts";
import { logName } from "../verification/step_evidence.ts";
import type { TakenSupply } from "./take_supplies.ts";

/** Puts both together; the files live as long as both do. */
export function withSupplies(
  rebuilt: Rebuild,
  taken: readonly TakenSupply[],
): Rebuild {
  const { recipe, result } = rebuilt;
  const known = [
    ...result.artifacts,
    ...taken.flatMap(({ artifacts }) => artifacts),
  ];
  const artifacts = Object.entries(recipe.targets).flatMap(([target, own]) =>
    own.artifacts.map(({ name }) =>
      known.find((one) => one.target === target && one.name === name) ??
        notBuilt(target, name)
    )
  );
  return {
    ...rebuilt,
    result: {
      ...result,
      artifacts,
      verdict: worstVerdict(artifacts.map(({ verdict }) => verdict)),
    },
    outputs: new Map([
      ...rebuilt.outputs,
      ...taken.flatMap(({ artifacts, files }) =>
        artifacts.filter(({ sha256 }) => sha256 !== null)
          .map(({ target, name }) =>
            [
              `${target}/${name}`,
              join(files, SUPPLY_FILES.artifacts, target, name),
            ] as const
          )
      ),
    ]),
    buildMs: new Map([
      ...rebuilt.buildMs,
      ...taken.flatMap(({ supply, targets }) =>
        Object.entries(supply.buildMs).filter(([target]) =>
          targets.includes(target)
        )
      ),
    ]),
    logs: [...rebuilt.logs, ...taken.flatMap(logsOf)],
  };
}

/** Measured files of what was taken, by their path in a release. */
export function measuredOf(
  { trials }: Pick<ReleaseReport, "trials">,
  taken: readonly TakenSupply[],
): Map<string, Uint8Array> {
  return new Map(
    taken.flatMap(({ supply, files }) =>
      (supply.trials?.measured ?? [])
        .filter(({ name, sha256 }) =>
          trials?.measured.some((one) =>
            one.name === name && one.sha256 === sha256
          )
        )
        .map(({ name }) =>
          [
            `${RELEASE_FILES.measured}/${name}`,
            Deno.readFileSync(join(files, SUPPLY_FILES.measured, name)),
          ] as const
        )
    ),
  );
}

function logsOf({ supply, targets, files }: TakenSupply): RebuildLog[] {
  return supply.runs.flatMap((run) =>
    targets.flatMap((target) =>
      (run.targets[target]?.steps ?? []).map(({ logSha256 }, index) => {
        const name = logName(run.id, target, index);
        return {
          name,
          path: join(files, SUPPLY_FILES.logs, name),
          sha256: logSha256,
        };
      })
    )
  );
}

function notBuilt(target: string, name: string): RebuiltArtifact {
  return {
    target,
    name,
    verdict: "unchecked",
    sha256: null,
    size: null,
    differences: [],
    normalizedSha256: null,
    comparison: null,
  };
}
