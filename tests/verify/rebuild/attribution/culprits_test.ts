import { assert, assertEquals } from "@std/assert";
import {
  BuildSearch,
  explanations,
  type Observation,
  provenExplanation,
} from "../../../../verify/rebuild/attribution/culprits.ts";
import { balancedBuilds } from "../../../../verify/rebuild/attribution/balanced_builds.ts";
import { printSeed } from "../../../seed.ts";
import { SeededRandom } from "../../../../verify/rebuild/random.ts";

const AXES = Array.from({ length: 16 }, (_, index) => `axis-${index}`);

type Field = (varied: ReadonlySet<string>) => string;

/** Builds until nothing is open; counts builds beside control and varied. */
function searched(fields: readonly Field[], seed: string) {
  const observe = (list: Iterable<string>) => {
    const varied = new Set(list);
    fields.forEach((field, index) =>
      observations[index]?.push({ varied, label: field(varied) })
    );
  };
  const observations: Observation[][] = fields.map(() => []);
  observe([]);
  observe(AXES);
  const random = new SeededRandom(seed, "test");
  const search = new BuildSearch(AXES, random, { fields: fields.length });
  let builds = 0;
  for (; builds < 20; builds++) {
    const next = search.next(observations);
    if (next === undefined) break;
    observe(next);
  }
  return {
    builds,
    found: observations.map((field) => provenExplanation(AXES, field)),
  };
}

const has = (axis: number): Field => (varied) =>
  String(varied.has(`axis-${axis}`));
const COMBINATIONS: Record<string, (a: boolean, b: boolean) => string> = {
  "each of two shows": (a, b) => `${a}${b}`,
  "both are needed": (a, b) => String(a && b),
  "either is enough": (a, b) => String(a || b),
  "one hides the other": (a, b) => a ? "a" : b ? "b" : "",
};

Deno.test("one culprit of sixteen is proven in seven builds", () => {
  for (const axis of [0, 7, 15]) {
    const { builds, found } = searched([has(axis)], `${axis}`);
    assertEquals(found, [[`axis-${axis}`]]);
    assert(builds <= 7, `${builds}`);
  }
});

Deno.test("balancedBuilds() varies each axis without each other", () => {
  for (const [count, builds] of [[1, 2], [16, 6], [20, 6], [26, 7], [35, 7]]) {
    const axes = Array.from({ length: count ?? 0 }, (_, index) => `${index}`);
    const made = balancedBuilds(axes, new SeededRandom(`${count}`, "test"));
    assertEquals(made.length <= (builds ?? 0), true, `${count}`);
    for (const one of axes) {
      for (const other of axes) {
        if (one === other) continue;
        assert(made.some((set) => set.has(one) && !set.has(other)));
      }
    }
  }
});

Deno.test("two culprits of sixteen take at most eight builds, the repeat included", () => {
  const random = new SeededRandom(String(printSeed("culprits")), "test");
  for (let round = 0; round < 40; round++) {
    const first = random.integer(16);
    const second = (first + 1 + random.integer(15)) % 16;
    const { builds, found } = searched([has(first), has(second)], `${round}`);
    assertEquals(found, [[`axis-${first}`], [`axis-${second}`]]);
    // The control run is repeated before the search.
    assert(1 + builds <= 8, `${builds} builds, round ${round}`);
  }
});

Deno.test("two of sixteen that only act together take at most eleven builds", () => {
  // One of 16, or two of 120 of which both or either are needed: 256
  // possibilities, of which a build that shows or not leaves half at best, so
  // that nine is the least there is, the repeat included.
  for (let round = 0; round < 12; round++) {
    const [first, second] = [round, (round * 5 + 3) % 16];
    const field: Field = (varied) =>
      String(varied.has(`axis-${first}`) && varied.has(`axis-${second}`));
    const { builds, found } = searched([field], `${round}`);
    const axes = [first, second].map((axis) => `axis-${axis}`);
    assertEquals(found.map((axes) => axes?.toSorted()), [axes.toSorted()]);
    assert(1 + builds <= 11, `${builds} builds, round ${round}`);
  }
});

for (const [name, combine] of Object.entries(COMBINATIONS)) {
  Deno.test(`two culprits in one place are named: ${name}`, () => {
    const field: Field = (varied) =>
      combine(varied.has("axis-2"), varied.has("axis-9"));
    assertEquals(searched([field], "1").found, [["axis-2", "axis-9"]]);
  });
}

Deno.test("a field that no two axes explain has no explanation", () => {
  let count = 0;
  const { found } = searched([() => String(count++)], "1");
  assertEquals(found, [undefined]);
  assertEquals(
    explanations(["a", "b", "c"], [
      { varied: new Set(), label: "0" },
      { varied: new Set(), label: "1" },
    ]),
    [],
  );
});

Deno.test("nothing is proven while a second axis may hide", () => {
  const observations = [
    { varied: new Set<string>(), label: "0" },
    { varied: new Set(["a", "b"]), label: "1" },
  ];
  assertEquals(provenExplanation(["a", "b"], observations), undefined);
  observations.push({ varied: new Set(["a"]), label: "1" });
  assertEquals(provenExplanation(["a", "b"], observations), undefined);
  observations.push({ varied: new Set(["b"]), label: "0" });
  assertEquals(provenExplanation(["a", "b"], observations), ["a"]);
});
