import { assert, assertEquals } from "@std/assert";
import { machineFacts } from "../../../verify/metadata/machine.ts";
import {
  probeArtifact,
  type ProbeResult,
  whyNotRunnable,
} from "../../../verify/metadata/probe.ts";
import { FileReader } from "../../../verify/file_reader.ts";
import { inspectHost } from "../../../verify/rebuild/host.ts";
import { toolTest } from "../../tool.ts";

const LINE = "mode=aot profile=release";

/** Runs a shell script in place of an artifact. */
async function probe(
  script: string,
  options: {
    bubblewrap: string | null;
    env?: Record<string, string>;
    wallMs?: number;
    outputBytes?: number;
  },
): Promise<ProbeResult> {
  const artifact = Deno.makeTempFileSync();
  try {
    const { env = {}, ...rest } = options;
    return await probeArtifact(
      { argv: ["/bin/sh", "-c", script], env, artifact, cwd: "/usr" },
      null,
      rest,
    );
  } finally {
    Deno.removeSync(artifact);
  }
}

const WAYS: [name: string, tools: string[]][] = [
  ["without a sandbox", []],
  ["under bubblewrap", ["bwrap"]],
];

for (const [name, tools] of WAYS) {
  const bubblewrap = async () =>
    tools.length === 0 ? null : (await inspectHost()).bubblewrap;
  const isolation = tools.length === 0 ? "none" : "bubblewrap";

  toolTest(
    `probeArtifact reads one line ${name}`,
    ["sh", ...tools],
    async () => {
      const found = await probe('test "$SWITCH" = 1 && echo "$LINE"', {
        bubblewrap: await bubblewrap(),
        env: { SWITCH: "1", LINE },
      });
      assertEquals(found, {
        outcome: "printed",
        line: LINE,
        observed: LINE,
        isolation,
      });
    },
  );

  toolTest(
    `probeArtifact takes nothing but one line and code 0 ${name}`,
    ["sh", ...tools],
    async () => {
      const scripts = [
        "true",
        "echo",
        `printf '%s' '${LINE}'`,
        `echo '${LINE}'; echo more`,
        `echo '${LINE}'; echo`,
        `echo '${LINE}'; exit 1`,
        `echo '${LINE}'; echo warning >&2`,
        "printf '\\377\\n'",
        `echo '${LINE}'; kill -9 $$`,
      ];
      for (const script of scripts) {
        const found = await probe(script, { bubblewrap: await bubblewrap() });
        assertEquals([found.outcome, found.line], ["failed", null], script);
      }
    },
  );

  toolTest(
    `probeArtifact ends what hangs, floods or leaves a child ${name}`,
    ["sh", ...tools],
    async () => {
      const mark = `4${crypto.getRandomValues(new Uint32Array(1))[0]}`;
      const hung = await probe(`sleep ${mark} & sleep ${mark}`, {
        bubblewrap: await bubblewrap(),
        wallMs: 300,
      });
      assertEquals(hung.outcome, "timed-out");
      const flood = await probe("while :; do echo x; done", {
        bubblewrap: await bubblewrap(),
        outputBytes: 1000,
      });
      assertEquals(flood.outcome, "limit-reached");
      const left = await probe(`sleep ${mark} & echo '${LINE}'`, {
        bubblewrap: await bubblewrap(),
      });
      assertEquals(left.outcome, "printed");
      const alive = [...Deno.readDirSync("/proc")].filter(({ name }) => {
        try {
          return Deno.readTextFileSync(`/proc/${name}/cmdline`)
            .includes(`sleep\0${mark}`);
        } catch {
          return false;
        }
      });
      assertEquals(alive, []);
    },
  );

  toolTest(
    `probeArtifact gives a program nothing of ours ${name}`,
    ["sh", ...tools],
    async () => {
      Deno.env.set("REPROOF_SECRET", "hunter2");
      try {
        const found = await probe('echo "<$REPROOF_SECRET>$(cat)"', {
          bubblewrap: await bubblewrap(),
        });
        assertEquals(found.line, "<>");
      } finally {
        Deno.env.delete("REPROOF_SECRET");
      }
    },
  );
}

toolTest(
  "probeArtifact under bubblewrap shows no home, no network, nothing to write",
  ["bwrap"],
  async () => {
    const { bubblewrap } = await inspectHost();
    const home = Deno.makeTempDirSync({ dir: Deno.env.get("HOME") ?? "/" });
    try {
      const found = await probe(
        `ls '${home}' 2>/dev/null && exit 1; touch /usr/x 2>/dev/null && exit 2
         test "$(grep -c : /proc/net/dev)" = 1 && echo closed`,
        { bubblewrap },
      );
      assertEquals(found.line, "closed", found.observed);
    } finally {
      Deno.removeSync(home);
    }
  },
);

Deno.test("probeArtifact says when the program is not there", async () => {
  const found = await probeArtifact(
    { argv: ["/nonexistent/program"], env: {}, artifact: "/a", cwd: "/" },
    null,
    { bubblewrap: null },
  );
  assertEquals([found.outcome, found.line], ["not-run", null]);
});

Deno.test("probeArtifact stops at once when it is aborted", async () => {
  const controller = new AbortController();
  const request = {
    argv: ["/bin/sh", "-c", "sleep 60"],
    env: {},
    artifact: "/a",
    cwd: "/",
  };
  const options = { bubblewrap: null, signal: controller.signal };
  const running = probeArtifact(request, null, options);
  controller.abort(new Error("stop"));
  const first = await running.catch((error) => error.message);
  assertEquals(first, "stop");
  const second = await probeArtifact(request, null, options)
    .catch((error) => error.message);
  assertEquals(second, "stop");
});

Deno.test("whyNotRunnable tells this host's programs from others", () => {
  using own = new FileReader(Deno.execPath());
  const machine = machineFacts(own);
  assert(machine !== null);
  const why = (facts: typeof machine | null, program = "/a") =>
    whyNotRunnable({ argv: [program], artifact: "/a" }, facts);
  assertEquals(why(machine), null);
  assert(why(null) !== null);
  assert(why({ ...machine, architectures: ["s390x"] }) !== null);
  assert(why({ ...machine, format: "wasm" }) !== null);
  if (Deno.build.os === "linux") {
    assert(why({ ...machine, system: "freebsd" }) !== null);
    assert(why({ ...machine, interpreter: "/nonexistent/ld.so" }) !== null);
  }
  assertEquals(why(null, "/another/program"), null);
});
