import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import type { AxisHost } from "../../../verify/rebuild/axis/axis.ts";
import {
  AXES,
  drawAxes,
  surroundingsOf,
} from "../../../verify/rebuild/axis/mod.ts";
import { SeededRandom } from "../../../verify/rebuild/random.ts";
import { printSeed } from "../../seed.ts";

/** A host that can vary everything. */
const RICH: AxisHost = {
  os: "linux",
  arch: "x86_64",
  name: "host",
  processors: [0, 1],
  shell: "/bin/sh",
  bubblewrap: "/usr/bin/bwrap",
  bubblewrapReason: "",
  unshareReason: null,
  release: "6.1.0",
  setarch: "/usr/bin/setarch",
  personality: { addressSpace: true, oldRelease: "2.6.61", machine: "i686" },
  script: "/usr/bin/script",
  taskset: "/usr/bin/taskset",
  faketime: "/usr/lib/libfaketime.so.1",
  locales: ["de_DE.utf8"],
  zoneinfo: true,
  isolation: "bubblewrap",
  orderReason: null,
  aroundReason: null,
  filterReason: null,
};
/** A host that can vary next to nothing. */
const POOR: AxisHost = {
  ...RICH,
  processors: [0],
  shell: null,
  bubblewrap: null,
  setarch: null,
  personality: { addressSpace: false, oldRelease: null, machine: null },
  script: null,
  taskset: null,
  faketime: null,
  locales: [],
  zoneinfo: false,
  isolation: "none",
  orderReason: "there is no sandbox",
  aroundReason: "the NIS domain cannot be set here",
};

Deno.test("every axis varies on a rich host", () => {
  fc.assert(
    fc.property(fc.string(), (seed) => {
      for (const [name, values] of Object.entries(drawAxes(seed, RICH))) {
        assertNotEquals(values.control, values.varied, name);
        assertEquals(values.notVaried, undefined, name);
      }
    }),
    { seed: printSeed("axes") },
  );
});

Deno.test("an axis that a host cannot vary says so", () => {
  const drawn = drawAxes("1", POOR);
  for (const [name, values] of Object.entries(drawn)) {
    assert(
      values.control !== values.varied || values.notVaried !== undefined,
      name,
    );
  }
  assertEquals(
    Object.keys(drawn).filter((name) => drawn[name]?.notVaried !== undefined),
    [
      "user-name",
      "user-id",
      "group-name",
      "group-id",
      "host-name",
      "domain-name",
      "kernel-release",
      "machine-name",
      "time",
      "umask",
      "terminal",
      "cpu-count",
      "address-space",
      "process-id",
      "directory-order",
    ],
  );
});

Deno.test("axis values follow from the seed alone", () => {
  fc.assert(
    fc.property(fc.string(), (seed) => {
      assertEquals(drawAxes(seed, RICH), drawAxes(seed, RICH));
      assertNotEquals(
        drawAxes(seed, RICH)["build-path"],
        drawAxes(`${seed}x`, RICH)["build-path"],
      );
    }),
    { seed: printSeed("axes") },
  );
});

Deno.test("the control run is the same for every seed", () => {
  const control = (seed: string) =>
    Object.values(drawAxes(seed, RICH)).map(({ control }) => control);
  assertEquals(control("a"), control("b"));
});

Deno.test("the build path varies in length", () => {
  const path = drawAxes("1", RICH)["build-path"];
  assertNotEquals(path?.control.length, path?.varied.length);
});

Deno.test("surroundings repeat from the recorded values", () => {
  for (const run of ["control", "varied"] as const) {
    const values = Object.fromEntries(
      Object.entries(drawAxes("1", RICH)).map(([name, axis]) => [
        name,
        axis[run],
      ]),
    );
    const surroundings = surroundingsOf(values, RICH);
    assertEquals(surroundings.buildRoot, values["build-path"]);
    assertEquals(surroundings.variables.HOME, values.home);
    assertEquals(surroundings.umask, parseInt(values.umask ?? "", 8));
    assertEquals("LD_PRELOAD" in surroundings.variables, run === "varied");
  }
});

Deno.test("no canary of one axis holds that of another", () => {
  const drawn = drawAxes("1", RICH);
  const canaries = AXES.flatMap((axis) =>
    axis.canaries(drawn[axis.name]?.varied ?? "", {
      window: [1.8e12, 1.8e12],
      sourceDateEpoch: 1.7e9,
    })
      .map((text) => [axis.name, text] as const)
  );
  for (const [axis, text] of canaries) {
    for (const [other, longer] of canaries) {
      assert(axis === other || !longer.includes(text), `${text} in ${longer}`);
    }
  }
});

Deno.test("SeededRandom covers its range", () => {
  const random = new SeededRandom("1", "test");
  const seen = new Set(Array.from({ length: 200 }, () => random.integer(7)));
  assertEquals([...seen].sort(), [0, 1, 2, 3, 4, 5, 6]);
  assertEquals(random.word(12).length, 12);
});
