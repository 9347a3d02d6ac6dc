/** Our SARIF by the JSON Schema of SARIF 2.1.0, with another's validator. */

import { assertEquals } from "@std/assert";
import { toFileUrl } from "@std/path";
import { renderSarif } from "../../../release/report/sarif.ts";
import { fetchCheckers } from "../../outside/checkers.ts";
import { outsideTest } from "../../outside/outside_test_data.ts";
import { hostileReport } from "./hostile_report.ts";

const checkers = await fetchCheckers(["ajv", "sarif"]);

outsideTest("renderSarif() validates against the schema of SARIF 2.1.0", {
  missing: [checkers.missing],
  tools: ["tar"],
}, async () => {
  const directory = Deno.makeTempDirSync();
  try {
    const ajvFolder = await checkers.unpack("ajv", directory);
    const sarif = await checkers.unpack("sarif", directory);
    const read = (path: string) => JSON.parse(Deno.readTextFileSync(path));
    // It is a script for browsers and CommonJS alike.
    Deno.renameSync(`${ajvFolder}/dist/ajv.bundle.js`, `${directory}/ajv.cjs`);
    const { default: Ajv } = await import(
      toFileUrl(`${directory}/ajv.cjs`).href
    );
    const ajv = new Ajv({
      schemaId: "id",
      unknownFormats: "ignore",
      meta: false,
    });
    ajv.addMetaSchema(
      read(`${ajvFolder}/lib/refs/json-schema-draft-04.json`),
    );
    const validate = ajv.compile(
      read(`${sarif}/lib/schemas/sarif-2.1.0-rtm.5.json`),
    );
    const log = JSON.parse(renderSarif(hostileReport()));
    assertEquals(validate(log) ? [] : validate.errors, []);
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
    ) assertEquals(validate(wrong), false);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
