import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  BASE_LAYER,
  file,
  imageLayout,
  layoutArchive,
  type LayoutFixture,
  manifestDigest,
  program,
  writeLayout,
} from "../verify/image_fixture.ts";
import { gateOf, reasonsOf } from "./gate_outcome.ts";
import { copying, GOOD_SCRIPT, Workplace } from "./project.ts";

const BASE = imageLayout({ layers: [BASE_LAYER] });
const HOLDS = { "/usr/bin/app": "artifact" };

/** A project whose build leaves an artifact and an image of it. */
function project(
  place: Workplace,
  options: {
    readonly image?: LayoutFixture;
    readonly member?: Record<string, unknown>;
    readonly policy?: Record<string, unknown>;
    /** The build leaves the layout as a directory. */
    readonly folder?: boolean;
    readonly base?: LayoutFixture | null;
  } = {},
): string {
  const made = place.script(`${GOOD_SCRIPT}cp -R made image\n`, {
    recipe: {
      targets: {
        any: {
          build: [{ argv: ["/bin/sh", "build.sh"] }],
          artifacts: [{ name: "artifact", path: "artifact" }, {
            name: "image.tar",
            path: "image",
            executable: false,
            image: {
              base: { digest: manifestDigest(BASE), layout: "base.tar" },
              holds: HOLDS,
              ...options.member,
            },
          }],
        },
      },
    },
    policy: { ...copying("any/image.tar"), images: {}, ...options.policy },
  });
  const image = options.image ?? imageLayout();
  if (options.folder === true) writeLayout(image, `${made}/made`);
  else Deno.writeFileSync(`${made}/made`, layoutArchive(image));
  if (options.base !== null) {
    Deno.writeFileSync(
      `${made}/base.tar`,
      layoutArchive(options.base ?? BASE),
    );
  }
  return made;
}

Deno.test("the gate images lets a sound image pass, as an archive or a directory", async () => {
  using place = new Workplace();
  for (const folder of [false, true]) {
    const made = await place.release(project(place, { folder }));
    assertEquals(made.code, 0, made.stdout + made.stderr);
    const [outcome, passed, failed, unchecked] = gateOf(made.out, "images");
    assertEquals([outcome, failed, unchecked], ["go", 0, 0]);
    assert(passed > 10);
    const verified = await place.verify(made.out, "--explain");
    assertEquals(verified.code, 0, verified.stdout);
    assertStringIncludes(verified.stdout, "images/base/any/image.tar");
  }
});

Deno.test("the gate images refuses a release whose image holds another program", async () => {
  using place = new Workplace();
  const image = imageLayout({
    layers: [BASE_LAYER, [program("usr/bin/app")], [
      program("usr/bin/app", "mode=aot contract=aot-v2\n"),
    ]],
  });
  const made = await place.release(project(place, { image }));
  assertEquals(made.code, 1, made.stdout);
  assertEquals(reasonsOf(`${made.out}.no-go`), ["image-artifact"]);
});

Deno.test("the gate images refuses root, and a waiver of that subject covers it", async () => {
  using place = new Workplace();
  const image = imageLayout({ config: { Entrypoint: ["/usr/bin/app"] } });
  const made = await place.release(project(place, { image }));
  assertEquals(reasonsOf(`${made.out}.no-go`), ["image-user"]);
  const today = new Date().toISOString();
  const waived = await place.release(
    project(place, {
      image,
      policy: {
        images: {},
        waivers: [{
          id: "root",
          finding: "image-user",
          scope: "any/image.tar",
          reason: "the port below 1024 goes next month",
          owner: "ops",
          expires: new Date(Date.now() + 864e6).toISOString().slice(0, 10),
        }],
      },
    }),
    "--now",
    today,
  );
  assertEquals(waived.code, 0, waived.stdout);
});

Deno.test("the gate images follows a pinned base to its layers", async (t) => {
  using place = new Workplace();
  await t.step("a base that is not there is unchecked", async () => {
    const made = await place.release(project(place, { base: null }));
    assertEquals(made.code, 3, made.stdout);
    assertEquals(reasonsOf(`${made.out}.inconclusive`), ["image-base"]);
  });
  await t.step("a layout without the pinned digest as well", async () => {
    const base = imageLayout({ layers: [[file("other", "x")]] });
    const made = await place.release(project(place, { base }));
    assertEquals(reasonsOf(`${made.out}.inconclusive`), ["image-base"]);
  });
  await t.step("layers of another base are a no-go", async () => {
    const image = imageLayout({
      layers: [
        [...BASE_LAYER, file("etc/motd", "x")],
        [program("usr/bin/app")],
      ],
    });
    const made = await place.release(project(place, { image }));
    assertEquals(reasonsOf(`${made.out}.no-go`), ["image-base"]);
  });
  await t.step("a base that only the caller's policy refuses", async () => {
    const made = await place.release(project(place));
    assertEquals(made.code, 0, made.stdout);
    const own = `${place.path}/own.json`;
    const policy = JSON.parse(
      Deno.readTextFileSync(`${made.out}/evidence/reproof.policy.json`),
    );
    const key = Deno.readTextFileSync(place.publicKey);
    const judge = (bases: string[]) => {
      Deno.writeTextFileSync(
        own,
        JSON.stringify({
          ...policy,
          images: { bases },
          trust: { keys: [{ id: "key", publicKey: key }] },
        }),
      );
      return place.verify(made.out, "--policy", own);
    };
    assertEquals((await judge([manifestDigest(BASE)])).code, 0);
    assertEquals((await judge(["scratch"])).code, 1);
  });
});

Deno.test("the gate images is inconclusive where there is no image", async () => {
  using place = new Workplace();
  const made = await place.release(
    place.script(GOOD_SCRIPT, { policy: { images: {} } }),
  );
  assertEquals(made.code, 3);
  assertEquals(reasonsOf(`${made.out}.inconclusive`), ["image-missing"]);
});

Deno.test("an image has a budget of its own", async () => {
  using place = new Workplace();
  const image = imageLayout();
  const bytes = [...image].filter(([name]) => name.startsWith("blobs/"))
    .reduce((sum, [, blob]) => sum + blob.length, 0);
  const budget = (target: Record<string, unknown>) => ({
    budget: { targets: { any: { artifactBytes: 100, ...target } } },
  });
  const fits = await place.release(
    project(place, { image, policy: budget({ imageBytes: bytes }) }),
  );
  assertEquals(fits.code, 0, fits.stdout);
  assertEquals((await place.verify(fits.out)).code, 0);
  const large = await place.release(
    project(place, { image, policy: budget({ imageBytes: bytes - 1 }) }),
  );
  assertEquals(reasonsOf(`${large.out}.no-go`), ["budget-size"]);
  const none = await place.release(
    project(place, { image, policy: budget({}) }),
  );
  assertEquals(reasonsOf(`${none.out}.no-go`), ["budget-missing"]);
  const zero = await place.release(
    project(place, { image, policy: budget({ imageBytes: 0 }) }),
  );
  assertEquals(zero.code, 2);
  const without = await place.release(
    place.script(GOOD_SCRIPT, { policy: budget({ imageBytes: 100 }) }),
  );
  assertEquals(reasonsOf(`${without.out}.inconclusive`), ["budget-size"]);
});

Deno.test("a recipe cannot say that an image holds what is none of its artifacts", async () => {
  using place = new Workplace();
  for (
    const holds of [{ "/usr/bin/app": "other" }, { "/x": "image.tar" }, {}]
  ) {
    const made = await place.release(project(place, { member: { holds } }));
    assertEquals(made.code, 2, made.stdout);
  }
});
