/** Our JUnit by the XML Schema of Jenkins, with another's validator. */

import { assertEquals } from "@std/assert";
import { toFileUrl } from "@std/path";
import { renderJunit } from "../../../release/report/junit.ts";
import { fetchCheckers } from "../../outside/checkers.ts";
import { outsideTest } from "../../outside/outside_test_data.ts";
import { hostileReport } from "./hostile_report.ts";

const checkers = await fetchCheckers(["xmllint", "junit"]);

outsideTest("renderJunit() validates against the schema of Jenkins", {
  missing: [checkers.missing],
  tools: ["tar"],
}, async () => {
  const directory = Deno.makeTempDirSync();
  try {
    const xmllint = await checkers.unpack("xmllint", directory);
    const { validateXML } = await import(
      toFileUrl(`${xmllint}/index-browser.mjs`).href
    );
    const junit = await checkers.unpack("junit", directory);
    const schema = Deno.readTextFileSync(
      `${junit}/test/resources/jenkins-junit.xsd`,
    );
    const problems = async (xml: string): Promise<string[]> => {
      const { valid, errors } = await validateXML({ xml, schema });
      assertEquals(valid, errors.length === 0);
      return errors.map(({ message }: { message: string }) => message);
    };
    const xml = renderJunit(hostileReport());
    assertEquals(await problems(xml), []);
    // The validator refuses the nearest neighbours.
    for (
      const [from, to] of [
        [/<testcase classname=/, "<testcase class="],
        [/ tests="\d+" failures="\d+" errors="\d+" skipped=/, " skipped="],
        [/<skipped><\/skipped>/, "<skipped><a></a></skipped>"],
        [/<failure type=/, "<failure kind="],
        [/<\/testsuites>/, "<testcase name='a'/></testsuites>"],
        [/<\/testsuites>/, ""],
      ] as const
    ) {
      const wrong = xml.replace(from, to);
      assertEquals(wrong === xml, false, String(from));
      assertEquals((await problems(wrong)).length > 0, true, String(from));
    }
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
