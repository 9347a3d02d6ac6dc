/**
 * SPDX's own tools find nothing wrong with the bill of materials of a release,
 * and something with its nearest neighbours.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { installPython, python } from "../python.ts";
import { peerTest } from "../tool.ts";
import { Workplace } from "./project.ts";

const READER = fromFileUrl(new URL("spdx_reader.py", import.meta.url));
const TOOLS = await installPython(["spdx-tools==0.8.5"], "spdx_tools.spdx");

peerTest(
  "SPDX's own tools accept the bill of materials of a release",
  TOOLS,
  async ({ path }) => {
    using place = new Workplace();
    const { out, code, stderr } = await place.release(place.copy("tally"));
    assertEquals(code, 0, stderr);
    const text = Deno.readTextFileSync(`${out}/sbom.spdx.json`);
    const read = async (document: string) => {
      const file = `${place.path}/changed.spdx.json`;
      Deno.writeTextFileSync(file, document);
      return await python([READER, file], { path });
    };
    const { packages } = JSON.parse(text);
    const good = await read(text);
    assertEquals(good.stderr, "");
    assertEquals(good.stdout, `${packages.length} packages\n`);
    const id = packages[1].SPDXID;
    const changes: Readonly<Record<string, string>> = {
      "a package that nothing has": text.replace(
        `"SPDXID": "${id}"`,
        `"SPDXID": "${id}-x"`,
      ),
      "a digest that is too short": text.replace(
        /("checksumValue": "[0-9a-f]+)[0-9a-f]"/,
        '$1"',
      ),
      "another licence of the data": text.replace("CC0-1.0", "MIT"),
    };
    for (const [name, changed] of Object.entries(changes)) {
      assertEquals(changed === text, false, name);
      const bad = await read(changed);
      const lines = (bad.stdout + bad.stderr).trim().split("\n");
      assertEquals(lines.length > 1, true, name);
    }
    assertStringIncludes(text, '"spdxVersion": "SPDX-2.3"');
  },
);
