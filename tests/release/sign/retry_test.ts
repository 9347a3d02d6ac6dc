import { assertEquals, assertRejects } from "@std/assert";
import { withRetries } from "../../../release/sign/retry.ts";
import { ReproofError } from "../../../verify/error.ts";

function failing(status: number | undefined, times: number) {
  const calls: number[] = [];
  return {
    calls,
    request: () => {
      calls.push(1);
      if (calls.length > times) return Promise.resolve("answer");
      const cause = status === undefined
        ? new Error("lost")
        : Object.assign(new Error("no"), { statusCode: status });
      return Promise.reject(new Error("outer", { cause }));
    },
  };
}

const NO_WAIT = { wait: () => Promise.resolve() };

Deno.test("withRetries asks again after outages, and not after refusals", async () => {
  for (const status of [undefined, 408, 429, 500, 503, 599]) {
    const { request, calls } = failing(status, 3);
    assertEquals(await withRetries("it", request, NO_WAIT), "answer");
    assertEquals(calls.length, 4);
  }
  for (const status of [400, 401, 403, 404, 409]) {
    const { request, calls } = failing(status, 1);
    const error = await assertRejects(
      () => withRetries("it", request, NO_WAIT),
      ReproofError,
    );
    assertEquals(error.code, "signing-unavailable");
    assertEquals(calls.length, 1);
  }
});

Deno.test("withRetries gives up in the end", async () => {
  const { request, calls } = failing(503, 100);
  await assertRejects(
    () => withRetries("it", request, { ...NO_WAIT, retriesMax: 2 }),
    ReproofError,
    "status 503 after 3 attempts",
  );
  assertEquals(calls.length, 3);
});

Deno.test("withRetries stops at once when the caller gives up", async () => {
  const controller = new AbortController();
  const { request, calls } = failing(503, 100);
  const running = withRetries("it", request, { signal: controller.signal });
  controller.abort(new Error("stopped"));
  await assertRejects(() => running, Error, "stopped");
  assertEquals(calls.length, 1);
});
