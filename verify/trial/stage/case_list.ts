/**
 * The cases of a suite: from a list in a file or on the output of a command,
 * or from a folder. A list that cannot be read, or holds a case twice, is no
 * list; nothing is guessed.
 *
 * @module
 */

import { LIMITS } from "../../limits.ts";
import type { Parity } from "../parity_recipe.ts";
import { runCommand } from "./command.ts";
import { quote } from "./match.ts";
import type { StagePlace } from "./script.ts";

/** One case. */
export interface Case {
  readonly name: string;
  readonly args: readonly string[];
  readonly stdin: string;
  /** Exit code that both sides must end with. */
  readonly code: number;
}

/** Reads the cases; a string says why there are none. */
export async function listCases(
  from: Parity["cases"],
  wallMs: number,
  place: StagePlace,
): Promise<readonly Case[] | string> {
  try {
    if ("folder" in from) return readFolder(`${place.cwd}/${from.folder}`);
    if ("file" in from) {
      return parseCases(Deno.readTextFileSync(`${place.cwd}/${from.file}`));
    }
    const end = await runCommand(
      { ...from.command, stdin: "", wallMs, others: [] },
      place,
    );
    if (end.stopped !== null) return end.why;
    return end.code === 0
      ? parseCases(new TextDecoder().decode(end.stdout))
      : `exit code ${end.code} of the command that lists the cases`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function readFolder(folder: string): readonly Case[] | string {
  const names = [...Deno.readDirSync(folder)].filter((entry) => entry.isFile)
    .map((entry) => entry.name).sort();
  if (names.length > LIMITS.trialCasesMax) return TOO_MANY;
  return names.map((name) => ({
    name,
    args: [],
    code: 0,
    stdin: Deno.readTextFileSync(`${folder}/${name}`),
  }));
}

/** Reads a JSON list of cases; a string says what is wrong with it. */
export function parseCases(text: string): readonly Case[] | string {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return `a list of cases that is not JSON: ${quote(text.slice(0, 80))}`;
  }
  if (!Array.isArray(list)) return "cases that are not a JSON list";
  if (list.length > LIMITS.trialCasesMax) return TOO_MANY;
  const names = new Set<string>();
  const cases: Case[] = [];
  for (const [index, one] of list.entries()) {
    const { name, args = [], stdin = "", code = 0, ...more } = Object(one);
    if (
      typeof name !== "string" || !/^[\w][\w. -]{0,99}$/.test(name) ||
      !Array.isArray(args) || args.some((text) => typeof text !== "string") ||
      !Number.isInteger(code) || code < 0 || code > 255 ||
      typeof stdin !== "string" || Object.keys(more).length > 0
    ) return `case ${index + 1} without a name, or with unknown members`;
    if (names.has(name)) return `the case ${quote(name)} twice`;
    names.add(name);
    cases.push({ name, args, stdin, code });
  }
  return cases;
}

const TOO_MANY = `more than ${LIMITS.trialCasesMax} cases`;
