/** The gate `contract` from recipe and policy to the decision, and verified. */

import { assertEquals } from "@std/assert";
import { copying, Workplace } from "./project.ts";
import { outcomeOf } from "./trial_project.ts";

const PROGRAM = `# mode=aot contract=aot-v1
line=$(sed -n 's/^# //p' "$0")
if [ "$INFO" = 1 ]; then echo "$line"; exit 0; fi
echo "fatal: class=panic pid=$$ message=it broke $line" >&2
exit 101
`;

const CONTRACT = {
  fatal: {
    failures: [{
      name: "panic",
      argv: ["/bin/sh", "{artifact}"],
      code: 101,
      values: { class: "panic" },
    }],
  },
};

function project(
  place: Workplace,
  more: {
    readonly program?: string;
    readonly contract?: object | undefined;
    readonly policy?: object;
    readonly probe?: false;
  },
): string {
  const path = place.script("cp program.sh artifact\n", {
    recipe: {
      targets: {
        any: {
          build: [{ argv: ["/bin/sh", "build.sh"] }],
          artifacts: [{ name: "artifact", path: "artifact" }],
          ...more.probe === false ? {} : {
            probe: { argv: ["/bin/sh", "{artifact}"], env: { INFO: "1" } },
          },
          contract: "contract" in more ? more.contract : CONTRACT,
        },
      },
    },
    policy: { ...copying("any/artifact"), contract: more.policy ?? {} },
  });
  Deno.writeTextFileSync(`${path}/program.sh`, more.program ?? PROGRAM);
  return path;
}

Deno.test("gate contract: a go that verifies", async () => {
  using place = new Workplace();
  const run = await place.release(project(place, {}));
  assertEquals(run.code, 0, run.stdout + run.stderr);
  assertEquals(outcomeOf(run.out, "contract").gate, "go");
  assertEquals((await place.verify(run.out)).code, 0);
});

const NEVER_GO: [string, Parameters<typeof project>[1], number, string[]][] = [
  ["no probe", { probe: false }, 3, ["trial-too-small"]],
  [
    "a failure without envelope",
    { program: PROGRAM.replace("fatal: ", "error: ") },
    1,
    ["contract-envelope"],
  ],
  ["no description", { contract: undefined }, 3, ["trial-missing"]],
  [
    "fewer failures than the policy wants",
    { policy: { failuresMin: 2 } },
    3,
    ["trial-too-small"],
  ],
  [
    "no trace where the policy requires one",
    { policy: { trace: "required" } },
    3,
    ["trial-too-small"],
  ],
];

for (const [what, more, code, reasons] of NEVER_GO) {
  Deno.test(`gate contract never says go: ${what}`, async () => {
    using place = new Workplace();
    const run = await place.release(project(place, more));
    assertEquals(run.code, code, run.stdout + run.stderr);
    assertEquals(outcomeOf(run.out, "contract").reasons, reasons);
  });
}
