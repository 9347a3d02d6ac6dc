/**
 * Proving fixes: both runs are built again with the fix of every axis that
 * was named as a cause, and only a field that is then equal is said to be
 * fixed. An axis without a fix that can be tried is told so.
 *
 * @module
 */

import { buildRun, type Run } from "../build_run.ts";
import { surroundingsOf } from "../axis/mod.ts";
import type { FixProof, RebuiltArtifact } from "../result.ts";
import type { Workshop } from "../workshop.ts";
import { applyFixes, fixFor, fixText } from "./fixes.ts";
import type { InvestigationInput } from "./investigation_input.ts";

/** Builds with the fixes and tells for each axis what became of it. */
export async function proveFixes(
  shop: Workshop,
  input: Omit<InvestigationInput, "buildsMax" | "seed" | "attribution">,
): Promise<FixProof[]> {
  const caused = differencesByAxis(input.artifacts);
  const axes = [...caused.keys()].sort();
  if (axes.length === 0) return [];
  const { control, varied } = input.runs;
  const first = fixed(shop, axes, control);
  const tried = axes.filter((axis) => first.texts.has(axis));
  const none = axes.filter((axis) => !first.texts.has(axis)).map((
    axis,
  ): FixProof => ({
    axis,
    fix: null,
    outcome: "untried",
    evidence: "no fix is known that can be tried without changing the source",
  }));
  if (tried.length === 0) return none;
  const activity = `fixes of ${tried.join(", ")}: 2 builds`;
  shop.progress({ activity, state: "start" });
  const build = async (run: Run, id: string) =>
    await buildRun(fixed(shop, tried, run).shop, {
      id,
      axes: run.evidence.axes,
      notVaried: run.evidence.notVaried,
      targets: input.targets,
      snapshot: input.snapshot,
      prepared: input.prepared,
    });
  const left = await build(control, "fixed-control");
  const right = await build(varied, "fixed-varied");
  const rest = await differing(shop, input, left, right);
  shop.progress({ activity, state: "end" });
  return [
    ...tried.map((axis): FixProof => {
      const fields = caused.get(axis) ?? [];
      const fix = first.texts.get(axis) ?? "";
      if (rest === undefined) {
        return {
          axis,
          fix,
          outcome: "failed",
          evidence: "a build with the fixes failed",
        };
      }
      const open = fields.filter((field) => rest.has(field));
      return {
        axis,
        fix,
        outcome: open.length === 0 ? "proven" : "refuted",
        evidence: open.length === 0
          ? `${fields.length} of ${fields.length} differences are gone when rebuilt with it`
          : `${open.length} of ${fields.length} differences remain when rebuilt with it${
            open.length < fields.length
              ? ""
              : "; the build may not take it from there"
          }`,
      };
    }),
    ...none,
  ];
}

/** Keys of the differences that each axis caused. */
function differencesByAxis(
  artifacts: readonly RebuiltArtifact[],
): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { target, name, differences } of artifacts) {
    for (const { path, cause, accountedBy } of differences) {
      const axis = cause?.axis ?? null;
      if (axis === null || axis === "inherent" || accountedBy !== null) {
        continue;
      }
      for (const one of axis.split(" and ")) {
        const list = found.get(one) ?? [];
        list.push(`${target}/${name}\0${path}`);
        found.set(one, list);
      }
    }
  }
  return found;
}

/** The workshop with the fixes for the place of a run. */
function fixed(
  shop: Workshop,
  axes: readonly string[],
  run: Run,
): { readonly shop: Workshop; readonly texts: ReadonlyMap<string, string> } {
  const surroundings = surroundingsOf(run.evidence.axes, shop.host);
  const places = shop.sandbox.places(run.evidence.id, surroundings);
  const { source, prepared } = shop.sandbox.inside(places, surroundings);
  const found = axes.flatMap((axis) => {
    const fix = fixFor(shop.recipe, axis, { source, prepared });
    return fix === undefined ? [] : [{ axis, fix }];
  });
  return {
    shop: {
      ...shop,
      recipe: applyFixes(shop.recipe, found.map(({ fix }) => fix)),
    },
    texts: new Map(
      found.map(({ axis, fix }) => [
        axis,
        fixText(fix).replaceAll(source, "{source}")
          .replaceAll(prepared, "{prepared}"),
      ]),
    ),
  };
}

/** Keys of what still differs, or undefined when a build failed. */
async function differing(
  shop: Workshop,
  input: Pick<InvestigationInput, "artifacts" | "compare">,
  left: Run,
  right: Run,
): Promise<Set<string> | undefined> {
  const found = new Set<string>();
  for (const { target, name } of input.artifacts) {
    const a = left.outputs[target]?.[name];
    const b = right.outputs[target]?.[name];
    if (a === undefined || b === undefined) return undefined;
    if (a.sha256 === b.sha256) continue;
    const { differences } = await input.compare(a.path, b.path, {
      ...(shop.signal === undefined ? {} : { signal: shop.signal }),
    });
    for (const { path } of differences) found.add(`${target}/${name}\0${path}`);
  }
  return found;
}
