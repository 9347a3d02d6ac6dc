/**
 * `reproof recipe init|check|schema`: drafts a recipe from what a published
 * artifact says of itself, with each part stated, guessed or missing; holds one
 * against its schema and its placeholders; prints the schema for editors.
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
import { readRecipe } from "../../verify/rebuild/read_recipe.ts";
import { EXIT, type ExitCode } from "../../verify/verdict.ts";
import type { Arguments, Command, Context } from "../cli/command.ts";
import { writeNew } from "../write_new.ts";
import { printSchema } from "./print_schema.ts";

/** The `recipe` command. */
export const recipeCommand: Command = {
  name: "recipe",
  summary: "Draft a recipe from a published artifact, check or describe one",
  usage: [
    "recipe init SOURCE [--out DIR]",
    "recipe check [DIR]",
    "recipe schema",
  ],
  example: "reproof recipe init npm:@esbuild/linux-x64@0.25.0#bin/esbuild",
  flags: [
    { name: "out", value: "DIR", help: "Write the recipe there" },
  ],
  operands: [1, 2],
  async run(context, args) {
    switch (args.operands[0]) {
      case "init":
        return await init(context, args);
      case "check":
        return check(context, args);
      case "schema":
        return printSchema(context, args, {
          command: "recipe",
          schema: recipeSchema,
        });
      default:
        throw new UsageError("usage", 'Reading the arguments of "recipe"', {
          expected: "init, check or schema",
          observed: `"${args.operands[0]}"`,
        });
    }
  },
};

async function init(context: Context, args: Arguments): Promise<ExitCode> {
  const source = args.operands[1];
  if (source === undefined) {
    throw new UsageError("usage", 'Reading the arguments of "recipe init"', {
      expected: "a published artifact, such as npm:NAME@VERSION#PATH",
      observed: "none",
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
}

/** Holds a recipe against its schema, and expands every placeholder. */
function check(context: Context, args: Arguments): ExitCode {
  const directory = args.operands[1] ?? ".";
  const recipe = readRecipe(directory);
  const path = join(directory, RECIPE_FILE);
  context.out(
    args.has("json")
      ? `${
        JSON.stringify(
          {
            schemaVersion: 1,
            path,
            project: recipe.name,
            targets: Object.keys(recipe.targets),
          },
          null,
          2,
        )
      }\n`
      : `${escapeText(path)}: valid\n`,
  );
  return EXIT.ok;
}

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
