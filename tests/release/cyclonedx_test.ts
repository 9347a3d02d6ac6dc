/**
 * CycloneDX's own library finds nothing in the bill of materials of a release
 * that the official schema refuses, reads the digests that we wrote, and finds
 * something in its nearest neighbours.
 */

import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { installPython, python } from "../python.ts";
import { peerTest } from "../tool.ts";
import { assertCycloneDx } from "./cyclonedx.ts";
import { Workplace } from "./project.ts";

const READER = fromFileUrl(new URL("cyclonedx_reader.py", import.meta.url));
const LIBRARY = await installPython(
  ["cyclonedx-python-lib[json-validation]==11.12.0"],
  "cyclonedx.validation.json, jsonschema, rfc3987_syntax",
);

peerTest(
  "CycloneDX's own library accepts the bill of materials of a release",
  LIBRARY,
  async ({ path }) => {
    using place = new Workplace();
    const { out, code, stderr } = await place.release(place.copy("tally"));
    assertEquals(code, 0, stderr);
    const text = Deno.readTextFileSync(`${out}/sbom.cdx.json`);
    const changes: Readonly<Record<string, string>> = {
      "a digest that is too short": text.replace(
        /("content": "[0-9a-f]+)[0-9a-f]"/,
        '$1"',
      ),
      "a serial number that is none": text.replace("urn:uuid:", "urn:uuid:x"),
      "a kind of component that is none": text.replace('"file"', '"archive"'),
      "a scope that is none": text.replace('"excluded"', '"toolchain"'),
      "a completeness that is none": text.replace('"unknown"', '"some"'),
      "a time that is none": text.replace(/("timestamp": "\d+-)/, "$113-"),
      "a project without its parts": text.replace(
        /"dependsOn": \[[^\]]*\]/,
        '"dependsOn": "archives"',
      ),
      "a member that nobody knows": text.replace("{", '{"x": 1,'),
      "a component without a name": text.replace(
        /("type": "file",\s*)"name": "[^"]*",/,
        "$1",
      ),
    };
    const documents = Object.entries({ "as it is": text, ...changes });
    const files = documents.map(([name, document]) => {
      const file = `${place.path}/${name.replaceAll(" ", "-")}.cdx.json`;
      Deno.writeTextFileSync(file, document);
      return file;
    });
    const read = await python([READER, ...files], { path });
    assertEquals(read.stderr, "");
    const { refused, components } = JSON.parse(read.stdout);
    for (const [index, [name, document]] of documents.entries()) {
      const changed = document !== text;
      assertEquals([name, refused[index] > 0], [name, changed]);
      assertEquals(changed, index > 0, name);
    }
    const members = assertCycloneDx(text).components
      .flatMap((one) => [one, ...one.components ?? []])
      .map(({ "bom-ref": ref, version, hashes = [] }) => [
        ref,
        version,
        hashes.map(({ alg, content }) => `${alg} ${content}`),
      ]);
    assertEquals(
      components,
      members.toSorted(([a = ""], [b = ""]) => a < b ? -1 : 1),
    );
  },
);
