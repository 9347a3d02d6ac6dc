import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ReproofError } from "../../../../verify/error.ts";
import { fetchPublished } from "../../../../verify/rebuild/published/fetch_published.ts";
import { parsePublishedSource } from "../../../../verify/rebuild/published/published_source.ts";
import { removeTree } from "../../../../verify/rebuild/work_directory.ts";
import { toolTest } from "../../../tool.ts";

/** Size of what is fetched. */
async function fetched(source: string): Promise<number> {
  const folder = Deno.makeTempDirSync({ prefix: "reproof-test-" });
  try {
    const path = await fetchPublished(parsePublishedSource(source), {
      into: `${folder}/published`,
    });
    return Deno.statSync(path).size;
  } finally {
    await removeTree(folder);
  }
}

async function refused(source: string): Promise<string> {
  const error = await assertRejects(() => fetched(source), ReproofError);
  assertEquals(error.code, "published-not-fetched");
  return error.message;
}

toolTest(
  "a file of an npm package is fetched, and no other",
  ["npm"],
  async () => {
    assertEquals(await fetched("npm:semver@7.6.3#bin/semver.js"), 4690);
    assertStringIncludes(
      await refused("npm:semver@7.6.3#bin/none"),
      'a regular file "bin/none" in it',
    );
    // A directory is no file.
    await refused("npm:semver@7.6.3#bin");
    await refused("npm:semver@0.0.0");
  },
);

toolTest("a file of a Go module is fetched, and no other", ["go"], async () => {
  assertEquals(await fetched("go:rsc.io/quote@v1.5.2#go.mod"), 55);
  await refused("go:rsc.io/quote@v1.5.2#none");
  await refused("go:rsc.io/quote@v1.5.999");
});

toolTest("a file of a crate is fetched, and no other", ["cargo"], async () => {
  assertEquals(await fetched("crate:cfg-if@1.0.0#LICENSE-MIT"), 1057);
  await refused("crate:cfg-if@1.0.0#none");
  await refused("crate:cfg-if@0.0.999");
});

toolTest("a file of a wheel is fetched, and no other", ["pip3"], async () => {
  assertEquals(await fetched("pypi:six@1.16.0#six.py"), 34549);
  await refused("pypi:six@1.16.0#none.py");
  await refused("pypi:six@0.0.999");
});
