/**
 * `reproof recipe init SOURCE`: drafts a recipe from what a published artifact
 * says of itself, and says of each part whether it is stated, guessed or
 * missing.
 *
 * @module
 */

import { join } from "@std/path";
import { UsageError } from "../../verify/error.ts";
import { escapeText } from "../../verify/escape.ts";
import { FileReader } from "../../verify/file_reader.ts";
import {
  type DraftedRecipe,
  type DraftInput,
  draftRecipe,
} from "../../verify/rebuild/draft/draft_recipe.ts";
import {
  fetchMembers,
  fetchPublished,
} from "../../verify/rebuild/published/fetch_published.ts";
import { parsePublishedSource } from "../../verify/rebuild/published/published_source.ts";
import { RECIPE_FILE, recipeSchema } from "../../verify/rebuild/recipe.ts";
import {
  makeWorkDirectory,
  removeTree,
} from "../../verify/rebuild/work_directory.ts";
import { EXIT } from "../../verify/verdict.ts";
import type { Command } from "../cli/command.ts";
import { writeNew } from "../write_new.ts";

/** The `recipe` command. */
export const recipeCommand: Command = {
  name: "recipe",
  summary: "Draft a recipe from what a published artifact says of itself",
  usage: ["recipe init SOURCE [--out DIR]"],
  example: "reproof recipe init npm:@esbuild/linux-x64@0.25.0#bin/esbuild",
  flags: [
    { name: "out", value: "DIR", help: "Write the recipe there" },
  ],
  operands: [2, 2],
  async run(context, args) {
    const [verb, source = ""] = args.operands;
    if (verb !== "init") {
      throw new UsageError("usage", 'Reading the arguments of "recipe"', {
        expected: "init",
        observed: `"${verb}"`,
      });
    }
    const draft = await draftOf(source, context.signal);
    const text = `${JSON.stringify(draft.recipe, null, 2)}\n`;
    const out = args.value("out");
    if (out !== undefined) {
      Deno.mkdirSync(out, { recursive: true });
      writeNew(join(out, RECIPE_FILE), text);
    }
    context.out(
      args.has("json")
        ? `${JSON.stringify({ schemaVersion: 1, ...draft }, null, 2)}\n`
        : `${out === undefined ? text : ""}${notesText(draft)}`,
    );
    return EXIT.ok;
  },
};

async function draftOf(
  text: string,
  signal: AbortSignal,
): Promise<DraftedRecipe> {
  const source = parsePublishedSource(text);
  const work = makeWorkDirectory(undefined);
  try {
    const options = { into: `${work}/published`, signal };
    if (source.kind !== "package") {
      return draft(await fetchPublished(source, options), {
        member: source.kind === "path"
          ? source.path
          : new URL(source.url).pathname,
      });
    }
    const { member } = source;
    if (member === undefined) {
      throw new UsageError("usage", `Reading the source "${text}"`, {
        expected: "#PATH, the file of the package to draft a recipe of",
        observed: "a whole package",
      });
    }
    const files = await fetchMembers(
      source.package,
      source.package.registry === "npm" ? [member, "package.json"] : [member],
      options,
    );
    const path = files.get(member);
    if (path === undefined) {
      throw new UsageError("usage", `Reading the source "${text}"`, {
        expected: `a file "${member}" in the package`,
        observed: "none",
      });
    }
    const manifest = files.get("package.json");
    return draft(path, {
      member,
      package: source.package,
      manifest: manifest === undefined
        ? undefined
        : Deno.readFileSync(manifest),
    });
  } finally {
    await removeTree(work);
  }
}

function draft(path: string, input: DraftInput): DraftedRecipe {
  using reader = new FileReader(path);
  return draftRecipe(reader, input);
}

function notesText({ recipe, notes }: DraftedRecipe): string {
  const found = recipeSchema.safeParse(recipe);
  const lines = ["stated", "guess", "missing"].flatMap((standing) => {
    const own = notes.filter((note) => note.standing === standing);
    return own.length === 0 ? [] : [
      "",
      TITLES[standing as keyof typeof TITLES],
      ...own.map(({ path, text }) =>
        `  ${escapeText(path)}: ${escapeText(text)}`
      ),
    ];
  });
  return [
    ...lines,
    "",
    found.success
      ? "The draft is a valid recipe. Every guess wants a look."
      : "The draft is no valid recipe until what is missing is filled in.",
    "",
  ].join("\n");
}

const TITLES = {
  stated: "Stated by the artifact or its package:",
  guess: "Guessed:",
  missing: "Missing:",
} as const;
