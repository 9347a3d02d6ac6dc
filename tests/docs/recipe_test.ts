import { assertEquals } from "@std/assert";
import { z } from "zod";
import { parseDocument } from "../../verify/document.ts";
import {
  checkPlaceholders,
  expandPlaceholders,
} from "../../verify/rebuild/placeholder.ts";
import { RECIPE, recipeSchema } from "../../verify/rebuild/recipe.ts";

const PAGE = Deno.readTextFileSync(
  new URL("../../docs/recipe.md", import.meta.url),
);
/** Described on pages of their own. */
const ELSEWHERE = ["smoke", "parity", "contract", "startup", "image"];

/** Names of members, but for those of sections with a page of their own. */
function members(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  if (Array.isArray(schema)) return schema.flatMap(members);
  return Object.entries(schema).flatMap(([key, value]) =>
    key === "properties"
      ? Object.entries(value).flatMap(([name, inner]) => [
        name,
        ...(ELSEWHERE.includes(name) || name === "fallback"
          ? []
          : members(inner)),
      ])
      : members(value)
  );
}

Deno.test("docs/recipe.md names every member of a recipe", () => {
  const names = new Set(members(z.toJSONSchema(recipeSchema, { io: "input" })));
  assertEquals(names.size > 30, true);
  assertEquals([...names].filter((name) => !PAGE.includes(`\`${name}\``)), []);
});

Deno.test("the recipe of docs/recipe.md is valid", () => {
  const text = /```json\n([^]*?)```/.exec(PAGE)?.[1] ?? "";
  const recipe = parseDocument(RECIPE, text, "docs/recipe.md");
  checkPlaceholders(recipe);
});

Deno.test("docs/recipe.md names placeholders that exist", () => {
  const words = [...PAGE.matchAll(/`(\{[A-Za-z]+(?::NAME)?\})`/g)].map(
    ([, word]) => word ?? "",
  );
  assertEquals(words.length > 10, true);
  const values = {
    version: "",
    target: "",
    sourceDateEpoch: "",
    source: "",
    prepared: "",
    deno: "",
    jobs: "",
    artifact: "",
    temporary: "",
    artifacts: { NAME: "" },
    tool: { NAME: "" },
    toolVersion: { NAME: "" },
    port: { NAME: "" },
  };
  for (const word of words) {
    assertEquals(expandPlaceholders(word, values, { what: "$" }), "");
  }
});
