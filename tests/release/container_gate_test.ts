/** The gate `container`: smoke inside the root file system of an image. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  BASE_LAYER,
  file,
  folder,
  type ImageFixture,
  imageLayout,
  layoutArchive,
  link,
} from "../verify/image_fixture.ts";
import { tarEntry } from "../verify/tar_fixture.ts";
import { toolTest } from "../tool.ts";
import { gateOf, reasonsOf } from "./gate_outcome.ts";
import { copying, Workplace } from "./project.ts";

const SOURCE = `
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static const char *const line = "mode=aot contract=aot-v1\\n";
int main(int count, char **words) {
  if (count < 2) return fputs(line, stdout) < 0;
  if (strcmp(words[1], "whoami") == 0) {
    char folder[64];
    printf("%u %u %s %s\\n", getuid(), getgid(), getcwd(folder, 64),
           getenv("GREETING"));
    return 0;
  }
  if (strcmp(words[1], "host") == 0) {
    /* What the host has and the image has not. */
    printf("%d %d\\n", access("/usr/bin/env", F_OK), access("secret", R_OK));
    FILE *made = fopen("/made", "w");
    return made == NULL ? 0 : 7;
  }
  return 2;
}
`;

/** Compiles the program once; the build of each project copies it. */
async function compile(place: Workplace, ...flags: string[]) {
  const source = `${place.path}/app.c`;
  const binary = `${place.path}/app`;
  Deno.writeTextFileSync(source, SOURCE);
  const { success, stderr } = await new Deno.Command("gcc", {
    args: ["-O1", ...flags, "-o", binary, source],
  }).output();
  assertEquals(success, true, new TextDecoder().decode(stderr));
  return Deno.readFileSync(binary);
}

function command(name: string, word: string, stdout: string) {
  return {
    name,
    command: { argv: ["{artifact}", word] },
    expect: { stdout },
  };
}

const STEPS = [
  command("whoami", "whoami", "10001 10001 /srv hello\n"),
  command("host", "host", "-1 -1\n"),
];

function project(
  place: Workplace,
  program: Uint8Array,
  options: {
    readonly image?: ImageFixture;
    readonly smoke?: unknown;
    readonly policy?: Record<string, unknown>;
  } = {},
): string {
  const made = place.script("cp app artifact\ncp made image\n", {
    recipe: {
      targets: {
        any: {
          build: [{ argv: ["/bin/sh", "build.sh"] }],
          artifacts: [{ name: "artifact", path: "artifact" }, {
            name: "image.tar",
            path: "image",
            executable: false,
            image: {
              base: "scratch",
              holds: { "/usr/bin/app": "artifact" },
              ...(options.smoke === null
                ? {}
                : { smoke: options.smoke ?? { steps: STEPS } }),
            },
          }],
        },
      },
    },
    policy: {
      ...copying("any/artifact", "any/image.tar"),
      container: {},
      ...options.policy,
    },
  });
  Deno.writeFileSync(`${made}/app`, program);
  const image = imageLayout({
    layers: [BASE_LAYER, [
      folder("srv/"),
      tarEntry({ name: "srv/secret", body: "x", mode: "0000600\0" }),
      link("bin", "usr/bin"),
      tarEntry({ name: "usr/bin/app", body: program, mode: "0000755\0" }),
    ]],
    config: {
      User: "app",
      Entrypoint: ["/usr/bin/app"],
      Env: ["GREETING=hello"],
      WorkingDir: "/srv",
    },
    ...options.image,
  });
  Deno.writeFileSync(`${made}/made`, layoutArchive(image));
  return made;
}

toolTest(
  "an image starts in its own file system, as its user",
  ["gcc", "bwrap"],
  async (t) => {
    using place = new Workplace();
    const program = await compile(place, "-static");
    await t.step("a go that verifies", async () => {
      const made = await place.release(project(place, program));
      assertEquals(made.code, 0, made.stdout + made.stderr);
      assertEquals(gateOf(made.out, "container"), ["go", 2, 0, 0]);
      const verified = await place.verify(made.out, "--explain");
      assertEquals(verified.code, 0, verified.stdout);
      assertStringIncludes(verified.stdout, "container/any/step/whoami");
    });
    await t.step("a step that fails in there is a no-go", async () => {
      const smoke = { steps: [command("who", "whoami", "0 0 / hello\n")] };
      const made = await place.release(project(place, program, { smoke }));
      assertEquals(made.code, 1, made.stdout);
      assertEquals(reasonsOf(`${made.out}.no-go`), ["step-failed"]);
    });
    await t.step("an image without steps shows nothing", async () => {
      const made = await place.release(
        project(place, program, { smoke: null }),
      );
      assertEquals(made.code, 3);
      assertEquals(reasonsOf(`${made.out}.inconclusive`), ["trial-missing"]);
    });
    await t.step("an image for another processor", async () => {
      const image = { configuration: { architecture: "riscv64" } };
      const made = await place.release(project(place, program, { image }));
      assertEquals(made.code, 3);
      assertEquals(reasonsOf(`${made.out}.inconclusive`), [
        "trial-not-runnable",
      ]);
    });
    await t.step("an image that is not sound is never unpacked", async () => {
      for (
        const entries of [
          [file("../../outside", "x")],
          [link("tmp", "/etc")],
          [tarEntry({ name: "usr/bin/app", body: "other" }), file("proc", "")],
        ]
      ) {
        const layers = [BASE_LAYER, entries];
        const made = await place.release(
          project(place, program, { image: { layers } }),
        );
        assertEquals(made.code, 3, made.stdout);
        assertEquals(reasonsOf(`${made.out}.inconclusive`), ["trial-not-run"]);
      }
    });
  },
);

toolTest(
  "an image that lacks a library of its program cannot start it",
  ["gcc", "bwrap"],
  async () => {
    using place = new Workplace();
    const program = await compile(place);
    const policy = { abi: { targets: { any: { image: true } } } };
    const made = await place.release(project(place, program, { policy }));
    assertEquals(made.code, 1, made.stdout);
    assertEquals(reasonsOf(`${made.out}.no-go`), [
      "abi-library",
      "abi-loader",
      "abi-symbols",
      "step-failed",
    ]);
  },
);
