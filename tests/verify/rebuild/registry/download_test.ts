import { assertEquals, assertRejects } from "@std/assert";
import { ReproofError } from "../../../../verify/error.ts";
import { sha256 } from "../../../../verify/digest.ts";
import { download } from "../../../../verify/rebuild/registry/download.ts";

const BYTES = new TextEncoder().encode("published");

/** Downloads one path of a server on the loopback. */
async function downloaded(path: string, digest = sha256(BYTES)) {
  const into = Deno.makeTempDirSync({ prefix: "reproof-test-" });
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) =>
      new URL(request.url).pathname === "/file"
        ? new Response(BYTES)
        : new Response("none", { status: 404 }),
  );
  try {
    const url = `http://127.0.0.1:${server.addr.port}${path}`;
    const file = await download(url, digest, {
      into,
      failure: (what, details) =>
        new ReproofError("published-not-fetched", what, details),
    });
    return Deno.readFileSync(file);
  } finally {
    // A file with another digest is not left to be used by mistake.
    const left = [...Deno.readDirSync(into)].map(({ name }) => name);
    assertEquals(left.length <= (digest === sha256(BYTES) ? 1 : 0), true);
    Deno.removeSync(into, { recursive: true });
  }
}

Deno.test("download gives the file that has the digest", async () => {
  assertEquals(await downloaded("/file"), BYTES);
});

for (
  const [what, path, digest] of [
    ["another digest", "/file", "0".repeat(64)],
    ["no such file", "/other", sha256(BYTES)],
  ] as const
) {
  Deno.test(`download refuses ${what}`, async () => {
    const error = await assertRejects(
      () => downloaded(path, digest),
      ReproofError,
    );
    assertEquals(error.code, "published-not-fetched");
  });
}
