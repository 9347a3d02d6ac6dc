import { assertEquals, assertStringIncludes } from "@std/assert";
import { FORMATS } from "../../verify/format/registry.ts";
import { NORMALIZERS } from "../../verify/normalize/registry.ts";
import { FORMATS_DOCUMENT, formatsDocument } from "./formats.ts";

Deno.test("docs/formats.md says what the registries hold", async () => {
  const text = await Deno.readTextFile(FORMATS_DOCUMENT);
  assertEquals(
    text,
    await formatsDocument(),
    "write it again: deno run -A tests/docs/formats.ts",
  );
  for (const { name } of FORMATS) assertStringIncludes(text, `\`${name}\``);
  for (const { id } of NORMALIZERS) assertStringIncludes(text, `| \`${id}\``);
});
