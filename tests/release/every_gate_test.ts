/**
 * Every gate, those of each release and those that a policy names, has here a
 * release that shows it nothing, which is open for that reason alone, and a
 * twin that fails for its own reason alone. A gate without both does not
 * compile.
 */

import { assertEquals } from "@std/assert";
import { closeGates, RELEASE_GATES } from "../../policy/gates.ts";
import { gateSections } from "../../policy/gate_sections.ts";
import {
  imageLayout,
  layoutArchive,
  program,
} from "../verify/image_fixture.ts";
import { PACKAGES, PROGRAM } from "../verify/package_fixture.ts";
import { toolTest } from "../tool.ts";
import { runProgram } from "../cli/program.ts";
import { copying, exists, GOOD_SCRIPT, Workplace } from "./project.ts";
import { soon, TODAY } from "./trial_project.ts";

type Members = Record<string, unknown>;
type ReleaseGate =
  | "source"
  | "toolchain"
  | "build"
  | "reproducibility"
  | "metadata"
  | "matrix"
  | "policy";

/** A release: changes of a sound project, and the codes that it ends with. */
interface Case {
  readonly script?: string;
  readonly recipe?: Members;
  readonly target?: Members;
  readonly policy?: Members;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Flags of the release, once what they name is there. */
  readonly flags?: (place: Workplace, project: string) => Promise<string[]>;
  readonly tools?: readonly string[];
  /** Gates that nothing is known of once this one ended the release early. */
  readonly open?: readonly string[];
  readonly codes: readonly string[];
}

/** What a release shows of a gate when it shows nothing. */
type Vacuous = Case | {
  /** Why no release can come to that: the gate is closed over no check. */
  readonly never: string;
};

const daysAgo = (days: number) =>
  new Date(Date.now() - days * 864e5).toISOString();
const UNBUILT = ["build", "reproducibility", "metadata", "matrix"];
const UNBUILT_CODES = [
  ...["axis-not-varied", "isolation-too-weak", "metadata-missing"],
  ...["not-compared", "target-missing"],
];
const ONE = [{ name: "artifact", path: "artifact" }];
const step = (stdout: string) => ({
  name: "say",
  command: { argv: ["/bin/sh", "{artifact}"] },
  expect: { stdout },
});
/** A program in a shell that says its line. */
const SAYS = `cat >artifact <<'END'
# mode=aot profile=release contract=aot-v1
line=$(sed -n 's/^# //p' "$0")
if [ "$INFO" = 1 ]; then echo "$line"; exit 0; fi
if [ "$1" = fail ]; then echo "\${WORD:-fatal:} class=panic pid=$$ message=no $line" >&2; exit 101; fi
echo hello
END
`;
const SPEAKS = {
  buildInfo: { keys: ["mode", "profile", "contract"] },
  metadata: { mode: "aot", profile: "release", contract: "aot-v1" },
};
const reference = (pause: string) => ({
  argv: ["/bin/sh", "-c", `sleep ${pause}; echo hello`],
  probe: { argv: ["/bin/echo", "mode=jit profile=release"] },
});
const startup = (pause: string) => ({
  reference: reference(pause),
  artifact: { argv: ["/bin/sh", "{artifact}"] },
  samples: 10,
  warmup: 1,
});
const parity = {
  cases: { file: "cases.json" },
  reference: { argv: ["/bin/sh", "{source}/reference.sh"] },
  artifact: { argv: ["/bin/sh", "{artifact}"] },
};
const failing = (word: string) => ({
  probe: { argv: ["/bin/sh", "{artifact}"], env: { INFO: "1" } },
  contract: {
    fatal: {
      failures: [{
        name: "panic",
        argv: ["/bin/sh", "{artifact}", "fail"],
        env: { WORD: word },
        code: 101,
      }],
    },
  },
});
const image = (bytes: Uint8Array, smoke?: Members) => ({
  script: `${GOOD_SCRIPT}cp made image\n`,
  files: { made: bytes },
  target: {
    artifacts: [...ONE, {
      name: "image.tar",
      path: "image",
      executable: false,
      image: {
        base: "scratch",
        holds: { "/usr/bin/app": "artifact" },
        ...(smoke === undefined ? {} : { smoke }),
      },
    }],
  },
});
const rootImage = layoutArchive(
  imageLayout({
    layers: [[program("usr/bin/app")]],
    config: { User: "0", Entrypoint: ["/usr/bin/app"] },
  }),
);
const userImage = layoutArchive(
  imageLayout({
    layers: [[program("usr/bin/app")]],
    config: { User: "10001", Entrypoint: ["/usr/bin/app"] },
  }),
);
const packaged = (files: typeof PACKAGES.npm.files) => ({
  script: "cp program artifact\ncp made package\n",
  files: { program: PROGRAM, made: PACKAGES.npm.pack(files) },
  target: {
    artifacts: [...ONE, {
      name: PACKAGES.npm.fileName,
      path: "package",
      executable: false,
      package: PACKAGES.npm.recipe,
    }],
  },
});
const logged = (text: string) => ({
  script: `printf '${text}'\n${GOOD_SCRIPT}`,
  target: {
    build: [{
      argv: ["/bin/sh", "build.sh"],
      log: { kind: "gcc", project: "tool.c" },
    }],
  },
});

const GATES: Readonly<
  Record<
    ReleaseGate | keyof typeof gateSections,
    { readonly vacuous: Vacuous; readonly twin: Case }
  >
> = {
  source: {
    vacuous: { never: "a project that is read has a source" },
    twin: {
      policy: { source: { commit: "required" } },
      codes: ["source-not-committed"],
    },
  },
  toolchain: {
    vacuous: {
      recipe: { toolchains: {} },
      files: {
        "reproof.lock.json": '{"schemaVersion":1,"host":null,"toolchains":{}}',
      },
      open: UNBUILT,
      codes: ["toolchain-not-locked", ...UNBUILT_CODES],
    },
    twin: {
      files: {
        "reproof.lock.json":
          '{"schemaVersion":1,"host":null,"toolchains":{"deno":{"pin":"version","version":"0.0.1"}}}',
      },
      open: UNBUILT,
      codes: ["toolchain-drift", ...UNBUILT_CODES],
    },
  },
  build: {
    vacuous: {
      script: "exit 1\n",
      open: ["reproducibility", "metadata", "matrix"],
      codes: [
        ...["build-failed", "metadata-missing", "not-compared"],
        "target-missing",
      ],
    },
    twin: {
      script: `${GOOD_SCRIPT}bash -c 'echo x >/dev/udp/192.0.2.1/9' || true\n`,
      tools: ["bwrap", "bash"],
      codes: ["build-network-attempt"],
    },
  },
  reproducibility: {
    vacuous: {
      policy: {
        reproducibility: {
          verdict: "identical",
          isolation: "none",
          axes: ["moon-phase"],
        },
      },
      codes: ["axis-not-varied"],
    },
    twin: {
      script: `${GOOD_SCRIPT}echo $$ $(date +%N) >>artifact\n`,
      codes: ["not-reproducible"],
    },
  },
  metadata: {
    vacuous: {
      recipe: { buildInfo: undefined, metadata: {} },
      policy: { metadata: {} },
      codes: ["metadata-missing"],
    },
    twin: {
      script: "echo 'mode=jit contract=aot-v1' >artifact\n",
      codes: ["metadata-mode"],
    },
  },
  matrix: {
    vacuous: { never: "a policy names at least one target" },
    twin: {
      policy: { targets: { required: ["any", "other"] } },
      codes: ["target-missing"],
    },
  },
  policy: {
    vacuous: { never: "without exceptions one check says that there are none" },
    twin: {
      policy: {
        waivers: [{
          id: "old",
          finding: "budget-size",
          scope: "any/artifact",
          reason: "it covers nothing",
          owner: "ops",
          expires: soon(),
        }],
      },
      flags: () => Promise.resolve(["--now", TODAY]),
      codes: ["waiver-unused"],
    },
  },
  versions: {
    vacuous: {
      policy: { versions: { changelog: false, tag: "name" } },
      codes: ["version-unread"],
    },
    twin: {
      recipe: { versions: { manifests: ["VERSION"] } },
      policy: { versions: { changelog: false, tag: "name" } },
      files: { VERSION: "1.0.1\n" },
      codes: ["version-manifest"],
    },
  },
  abi: {
    vacuous: {
      policy: { abi: { targets: { any: { loaders: [] } } } },
      codes: ["abi-unknown"],
    },
    twin: {
      script:
        "cp /bin/sh artifact\necho '\nmode=aot contract=aot-v1' >>artifact\n",
      policy: {
        abi: { targets: { any: { loaders: [], symbols: { GLIBC: "99" } } } },
      },
      codes: ["abi-loader"],
    },
  },
  budget: {
    vacuous: {
      policy: { budget: { targets: { any: { growthPercent: 5 } } } },
      codes: ["budget-growth"],
    },
    twin: {
      policy: { budget: { targets: { any: { artifactBytes: 5 } } } },
      codes: ["budget-size"],
    },
  },
  warnings: {
    vacuous: {
      ...logged(""),
      policy: { warnings: {} },
      codes: ["warnings-unread"],
    },
    twin: {
      ...logged(
        "gcc -Wall -c tool.c\\ntool.c:1:2: warning: unused x [-Wunused]\\n",
      ),
      policy: { warnings: {} },
      codes: ["warning-found"],
    },
  },
  images: {
    vacuous: { policy: { images: {} }, codes: ["image-missing"] },
    twin: {
      ...image(rootImage),
      policy: { ...copying("any/image.tar"), images: {} },
      codes: ["image-user"],
    },
  },
  packages: {
    vacuous: { policy: { packages: {} }, codes: ["package-missing"] },
    twin: {
      ...packaged({
        ...PACKAGES.npm.files,
        "package/bin/app": [0o644, PROGRAM],
      }),
      policy: {
        ...copying("any/artifact", `any/${PACKAGES.npm.fileName}`),
        packages: {},
      },
      codes: ["package-artifact"],
    },
  },
  rollback: {
    vacuous: { policy: { rollback: {} }, codes: ["rollback-missing"] },
    twin: {
      script: SAYS,
      recipe: SPEAKS,
      target: { smoke: { steps: [step("hello\n")] } },
      policy: { rollback: { fallback: "none", daysMax: 1 } },
      async flags(place, project) {
        const next = JSON.parse(
          Deno.readTextFileSync(`${project}/reproof.json`),
        );
        const first = `${place.path}/first-${crypto.randomUUID()}`;
        Deno.mkdirSync(first);
        for (const file of ["build.sh", "reproof.lock.json"]) {
          Deno.copyFileSync(`${project}/${file}`, `${first}/${file}`);
        }
        const policy = JSON.parse(
          Deno.readTextFileSync(`${project}/reproof.policy.json`),
        );
        delete policy.rollback;
        Deno.writeTextFileSync(
          `${first}/reproof.policy.json`,
          JSON.stringify(policy),
        );
        Deno.writeTextFileSync(
          `${first}/reproof.json`,
          JSON.stringify({ ...next, version: "0.9.0" }),
        );
        const made = await place.release(first, "--now", daysAgo(9));
        assertEquals(made.code, 0, made.stdout + made.stderr);
        const drill = `${first}/drill.sigstore.json`;
        const back = await runProgram([
          ...["rollback", project, "--previous", made.out],
          ...["--key", place.key, "--out", drill, "--now", daysAgo(5)],
        ]);
        assertEquals(back.code, 0, back.stdout + back.stderr);
        return ["--previous", made.out, "--drill", drill, "--now", TODAY];
      },
      codes: ["rollback-stale"],
    },
  },
  smoke: {
    vacuous: { policy: { smoke: {} }, codes: ["trial-missing"] },
    twin: {
      script: SAYS,
      recipe: SPEAKS,
      target: { smoke: { steps: [step("goodbye\n")] } },
      policy: { smoke: {} },
      codes: ["step-failed"],
    },
  },
  container: {
    vacuous: {
      ...image(userImage),
      policy: { ...copying("any/image.tar"), container: {} },
      codes: ["trial-missing"],
    },
    twin: {
      ...image(userImage, {
        steps: [{
          name: "start",
          command: { argv: ["{artifact}"] },
          expect: { stdout: "x" },
        }],
      }),
      policy: { ...copying("any/image.tar"), container: {} },
      tools: ["bwrap"],
      codes: ["step-failed"],
    },
  },
  parity: {
    vacuous: {
      script: SAYS,
      recipe: SPEAKS,
      target: { parity },
      files: { "cases.json": "[]", "reference.sh": "echo hello\n" },
      policy: { parity: {} },
      codes: ["trial-too-small"],
    },
    twin: {
      script: SAYS,
      recipe: SPEAKS,
      target: { parity },
      files: {
        "cases.json": '[{ "name": "one", "args": [] }]',
        "reference.sh": "echo hullo\n",
      },
      policy: { parity: {} },
      codes: ["parity-diverged"],
    },
  },
  contract: {
    vacuous: { policy: { contract: {} }, codes: ["trial-missing"] },
    twin: {
      script: SAYS,
      recipe: SPEAKS,
      target: failing("error:"),
      policy: { contract: {} },
      codes: ["contract-envelope"],
    },
  },
  startup: {
    vacuous: {
      script: SAYS,
      recipe: SPEAKS,
      target: { startup: startup("0.1") },
      policy: { startup: { improvementPct: { p99: 10 } } },
      codes: ["startup-too-few-samples"],
    },
    twin: {
      script: SAYS.replace("echo hello", "sleep 0.2; echo hello"),
      recipe: SPEAKS,
      target: { startup: startup("0") },
      policy: { startup: { improvementPct: { p50: 10 } } },
      codes: ["startup-too-slow"],
    },
  },
};

/** Releases a case; what it came to, and what the gate and all others did. */
async function judge(gate: string, own: Case) {
  using place = new Workplace();
  const project = place.script(own.script ?? GOOD_SCRIPT, {
    recipe: {
      ...own.recipe,
      targets: {
        any: {
          build: [{ argv: ["/bin/sh", "build.sh"] }],
          artifacts: ONE,
          ...own.target,
        },
      },
    },
    policy: own.policy ?? {},
  });
  for (const [path, contents] of Object.entries(own.files ?? {})) {
    if (typeof contents === "string") {
      Deno.writeTextFileSync(`${project}/${path}`, contents);
    } else Deno.writeFileSync(`${project}/${path}`, contents);
  }
  const flags = await own.flags?.(place, project) ?? [];
  const made = await place.release(project, ...flags);
  const out = [made.out, `${made.out}.no-go`, `${made.out}.inconclusive`]
    .find(exists);
  assertEquals(out !== undefined, true, made.stdout + made.stderr);
  const { decision } = JSON.parse(
    Deno.readTextFileSync(`${out}/report.json`),
  );
  const gates: { gate: string; outcome: string }[] = decision.gates;
  return {
    outcome: decision.outcome,
    gate: gates.find((one) => one.gate === gate)?.outcome,
    failed: gates.filter((one) => one.gate !== gate && one.outcome === "no-go")
      .map((one) => one.gate),
    open: gates.filter((one) =>
      one.gate !== gate && one.outcome === "inconclusive"
    ).map((one) => one.gate),
    codes: [
      ...new Set(decision.reasons.map(({ code }: { code: string }) => code)),
    ].sort(),
  };
}

Deno.test("every gate is in the table, and over no check it is open", () => {
  const named = [...RELEASE_GATES, ...Object.keys(gateSections)];
  assertEquals(Object.keys(GATES).sort(), named.toSorted());
  const gates = Object.keys(GATES) as (keyof typeof GATES)[];
  assertEquals(
    closeGates(gates, [], () => false).filter(({ outcome }) =>
      outcome !== "inconclusive"
    ),
    [],
  );
});

for (const [gate, { vacuous, twin }] of Object.entries(GATES)) {
  if ("codes" in vacuous) {
    toolTest(
      `gate ${gate}: shown nothing it is open`,
      vacuous.tools ?? [],
      async () => {
        assertEquals(await judge(gate, vacuous), {
          outcome: "inconclusive",
          gate: "inconclusive",
          failed: [],
          open: [...vacuous.open ?? []],
          codes: vacuous.codes.toSorted(),
        });
      },
    );
  }
  toolTest(
    `gate ${gate}: its twin fails for that reason alone`,
    twin.tools ?? [],
    async () => {
      assertEquals(await judge(gate, twin), {
        outcome: "no-go",
        gate: "no-go",
        failed: [],
        open: [...twin.open ?? []],
        codes: twin.codes.toSorted(),
      });
    },
  );
}
