import { assertEquals } from "@std/assert";
import { elfNeeds } from "../../verify/abi/elf_needs.ts";
import { MemoryReader } from "../../verify/reader.ts";
import { toolTest } from "../tool.ts";
import { gateOf, reasonsOf } from "./gate_outcome.ts";
import { GOOD_SCRIPT, Workplace } from "./project.ts";

const SCRIPT =
  "cp /bin/sh artifact\necho '\nmode=aot contract=aot-v1' >> artifact\n";

function offer(symbols: Record<string, string>) {
  const needs = elfNeeds(new MemoryReader(Deno.readFileSync("/bin/sh")));
  const loader = needs?.kind === "elf" ? needs.interpreter : null;
  return {
    abi: { targets: { any: { loaders: [loader ?? ""], symbols } } },
  };
}

toolTest("the gate abi lets an artifact pass that asks for what is offered", [
  "readelf",
], async () => {
  using place = new Workplace();
  const made = await place.release(
    place.script(SCRIPT, { policy: offer({ GLIBC: "99.0" }) }),
  );
  assertEquals(made.code, 0, made.stdout);
  assertEquals(gateOf(made.out, "abi"), ["go", 2, 0, 0]);
  const verified = await place.verify(made.out, "--explain");
  assertEquals(verified.code, 0, verified.stdout);
  assertEquals(
    verified.stdout.includes("abi/symbols/GLIBC/any/artifact"),
    true,
  );
});

toolTest("the gate abi refuses an artifact that needs newer symbols", [
  "readelf",
], async () => {
  using place = new Workplace();
  const made = await place.release(
    place.script(SCRIPT, { policy: offer({ GLIBC: "2.2" }) }),
  );
  assertEquals(made.code, 1, made.stdout);
  assertEquals(reasonsOf(`${made.out}.no-go`), ["abi-symbols"]);
});

Deno.test("the gate abi is inconclusive about a file without headers", async () => {
  using place = new Workplace();
  const made = await place.release(place.script(GOOD_SCRIPT, {
    policy: { abi: { targets: { any: { loaders: [] } } } },
  }));
  assertEquals(made.code, 3);
  assertEquals(reasonsOf(`${made.out}.inconclusive`), ["abi-unknown"]);
});

Deno.test("a consumer's own policy asks for the gate abi of any release", async () => {
  using place = new Workplace();
  const project = place.script(GOOD_SCRIPT);
  const made = await place.release(project);
  assertEquals(made.code, 0);
  const own = `${place.path}/own.json`;
  const policy = JSON.parse(
    Deno.readTextFileSync(`${project}/reproof.policy.json`),
  );
  Deno.writeTextFileSync(own, JSON.stringify(policy));
  assertEquals((await place.verify(made.out, "--policy", own)).code, 0);
  Deno.writeTextFileSync(
    own,
    JSON.stringify({ ...policy, abi: { targets: {} } }),
  );
  const verified = await place.verify(made.out, "--policy", own);
  assertEquals([verified.code, verified.stdout.includes("abi-unknown")], [
    1,
    true,
  ]);
});
