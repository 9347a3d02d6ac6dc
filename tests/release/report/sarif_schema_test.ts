/** Our SARIF by the JSON Schema of SARIF 2.1.0, with another's validator. */

import { assertEquals } from "@std/assert";
import { renderSarif } from "../../../release/report/sarif.ts";
import { fetchCheckers, validator } from "../../outside/checkers.ts";
import { outsideTest } from "../../outside/outside_test_data.ts";
import { hostileReport } from "./hostile_report.ts";

const checkers = await fetchCheckers(["ajv", "sarif"]);

outsideTest("renderSarif() validates against the schema of SARIF 2.1.0", {
  missing: [checkers.missing],
  tools: ["tar"],
}, async () => {
  const directory = Deno.makeTempDirSync();
  try {
    const schemaOf = await validator(
      await checkers.unpack("ajv", directory),
      { draft: 4 },
    );
    const sarif = await checkers.unpack("sarif", directory);
    const problems = schemaOf(JSON.parse(Deno.readTextFileSync(
      `${sarif}/lib/schemas/sarif-2.1.0-rtm.5.json`,
    )));
    const log = JSON.parse(renderSarif(hostileReport()));
    assertEquals(problems(log), []);
    // The validator refuses the nearest neighbours.
    const [run] = log.runs;
    for (
      const wrong of [
        { ...log, version: "2.0.0" },
        { ...log, runs: [{ ...run, tool: {} }] },
        { ...log, runs: [{ ...run, more: 1 }] },
        {
          ...log,
          runs: [{ ...run, results: [{ ...run.results[0], level: "fatal" }] }],
        },
      ]
    ) assertEquals(problems(wrong).length > 0, true);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
