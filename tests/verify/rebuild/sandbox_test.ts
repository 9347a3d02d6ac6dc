/**
 * Builds that try what a sandbox is to prevent, and builds that take more than
 * they may, at every level that claims to hold them.
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { inspectHost } from "../../../verify/rebuild/host.ts";
import type { Isolation } from "../../../verify/rebuild/result.ts";
import { networkUse } from "../../../verify/rebuild/sandbox/network_use.ts";
import { hasTool, toolTest } from "../../tool.ts";
import { openCodes, processesWith, rebuildProject } from "./project.ts";

const host = await inspectHost();

/** Why a level does not work here; null when it does. */
const WHY_NOT: Record<Isolation, string | null> = {
  bubblewrap: host.bubblewrap === null ? host.bubblewrapReason : null,
  unshare: host.unshareReason,
  none: null,
};

/** Declares a test for each of some levels. */
function levelTest(
  name: string,
  levels: readonly Isolation[],
  options: {
    readonly tools?: readonly string[];
    readonly fn: (isolation: Isolation) => Promise<void>;
  },
): void {
  for (const level of levels) {
    const full = `${name}, isolation ${level}`;
    const reason = WHY_NOT[level];
    // In CI every level must work.
    if (reason !== null && Deno.env.get("CI") !== "true") {
      Deno.test({
        name: `${full} [ignored: ${reason}]`,
        ignore: true,
        fn: () => {},
      });
    } else toolTest(full, options.tools ?? [], () => options.fn(level));
  }
}

const HELD = ["bubblewrap", "unshare"] as const;
const ALL = [...HELD, "none"] as const;

function mark(): string {
  return `${3_000_000 + Math.floor(Math.random() * 1e6)}`;
}

/** Rebuilds and returns what the log of the control run says. */
async function said(script: string, isolation: Isolation, hidden = "") {
  await using made = await rebuildProject({
    script: `${script}; echo made >out`,
  }, { isolation, jobs: 1, hidden: hidden === "" ? [] : [hidden] });
  assertEquals(made.result.runs[0]?.outcome, "built");
  assertEquals(made.result.runs[0]?.isolation, isolation);
  const log = made.logs.find(({ name }) => name === "control-any-1.log");
  return Deno.readTextFileSync(log?.path ?? "");
}

levelTest("a build can write in its own places alone", HELD, {
  fn: async (isolation) => {
    const folders = await said(
      `for d in / /usr /etc /bin /lib /opt /dev /proc /sys /home /root /reproof .. \
        /var /run /reproof/bin . "$HOME" "$TMPDIR" /tmp /var/tmp /dev/shm; do
        if (: >$d/tried) 2>/dev/null; then echo "$d" | sed "s,$HOME,HOME,;s,$TMPDIR,TMPDIR,"; fi; done`,
      isolation,
    );
    assertEquals(
      folders.trim().split("\n"),
      [".", "HOME", "TMPDIR", "/tmp", "/var/tmp", "/dev/shm"],
    );
  },
});

levelTest("a build sees neither host nor other run nor key", HELD, {
  fn: async (isolation) => {
    const key = Deno.makeTempFileSync({ dir: Deno.cwd(), prefix: "key-" });
    Deno.writeTextFileSync(key, "secret");
    Deno.env.set("REPROOF_SANDBOX_TEST", "kept");
    try {
      const seen = await said(
        `[ -e '${key}' ] && echo key
        [ -e '${Deno.cwd()}' ] && echo project
        [ -d /proc/${Deno.pid} ] && [ ${Deno.pid} -gt 400 ] && echo process
        [ -n "$REPROOF_SANDBOX_TEST" ] && echo variable
        ls /reproof | grep -v -e control -e bin
        grep -v -c lo: /proc/net/dev
        find / -path /proc -prune -o -name 'reproof-*' -print 2>/dev/null
        [ -r /etc/shadow ] && echo shadow
        kill -9 1 2>/dev/null; readlink /proc/1/root`,
        isolation,
        key,
      );
      // Two heading lines of /proc/net/dev.
      const [count, ...rest] = seen.trim().split("\n");
      assertEquals(count, "2");
      assertEquals(rest.filter((line) => line !== "/"), []);
    } finally {
      Deno.env.delete("REPROOF_SANDBOX_TEST");
      Deno.removeSync(key);
    }
  },
});

levelTest("a toolchain shows that lies where the build writes", HELD, {
  fn: async (isolation) => {
    // A directory of the host's below what is the build's own inside.
    const folder = Deno.makeTempDirSync({ dir: "/tmp", prefix: "tool " });
    try {
      const tool = `${folder}/tool`;
      Deno.writeTextFileSync(tool, "#!/bin/sh\necho made by tool\n");
      Deno.chmodSync(tool, 0o755);
      await using made = await rebuildProject({
        script: `'${tool}' >out && ! (echo >>'${tool}') 2>/dev/null`,
        recipe: {
          toolchains: {
            own: { executable: tool, versionArgs: [] },
          },
        },
      }, { isolation });
      assertEquals(
        made.result.verdict,
        "identical",
        JSON.stringify(made.result.checks),
      );
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});

levelTest("a build gets no power by asking", HELD, {
  tools: ["unshare"],
  fn: async (isolation) => {
    assertEquals(
      await said(
        `unshare -U true 2>/dev/null && echo namespace
        mount -t tmpfs tmpfs /tmp 2>/dev/null && echo mount
        hostname other 2>/dev/null && echo hostname
        chroot / /bin/true 2>/dev/null && echo chroot
        grep -E '^CapEff:' /proc/self/status | grep -v '0000000000000000'
        grep -E '^NoNewPrivs:' /proc/self/status | grep -v 1
        :`,
        isolation,
      ),
      "",
    );
  },
});

levelTest("the filter refuses what namespaces do not hold", HELD, {
  tools: ["perl"],
  fn: async (isolation) => {
    const text = await said(
      `perl -e '
        # AF_VSOCK, AF_PACKET, AF_ALG; then ptrace and clone3.
        for (40, 17, 38) { socket(S, $_, 1, 0) and print "family $_\n" }
        for (1, 2, 10, 16) { socket(S, $_, $_ == 16 ? 3 : 1, 0) or print "no $_ $!\n" }
        ${
        Deno.build.arch === "x86_64"
          ? 'print "ptrace $!\n" if syscall(101, 0, 0, 0, 0) == -1; ' +
            'print "clone3 $!\n" if syscall(435, 0, 0) == -1;'
          : ""
      }'; sed -n 's/^Seccomp:\\s*/mode /p' /proc/self/status`,
      isolation,
    );
    assertEquals(
      text,
      Deno.build.arch === "x86_64"
        ? "ptrace Operation not permitted\nclone3 Function not implemented\nmode 2\n"
        : "mode 2\n",
    );
  },
});

levelTest("the NIS domain is that of the run", HELD, {
  fn: async (isolation) => {
    await using made = await rebuildProject({
      script: "cat /proc/sys/kernel/domainname >out",
    }, { isolation });
    for (const [run, { axes, notVaried }] of made.result.runs.entries()) {
      assertEquals(notVaried["domain-name"], undefined);
      assertEquals(
        Deno.readTextFileSync(
          (run === 0 ? made.outputs : made.variedOutputs).get("any/out") ?? "",
        ),
        `${axes["domain-name"]}\n`,
      );
    }
    assertEquals(made.result.attribution.map(({ axis }) => axis), [
      "domain-name",
    ]);
  },
});

const ATTEMPTS: Record<string, string> = {
  "connects to elsewhere": "bash -c 'echo >/dev/tcp/192.0.2.7/80'",
  "connects to elsewhere over IPv6": "bash -c 'echo >/dev/tcp/2001:db8::7/80'",
  "sends a datagram": "bash -c 'echo >/dev/udp/192.0.2.7/9'",
  "asks for a name": "getent hosts registry.invalid",
};

for (const [what, script] of Object.entries(ATTEMPTS)) {
  levelTest(`a build that ${what} is found out`, HELD, {
    tools: ["bash"],
    fn: async (isolation) => {
      await using made = await rebuildProject({
        script: `${script} 2>/dev/null; echo made >out`,
      }, { isolation });
      assertEquals(made.result.verdict, "identical");
      assertEquals(openCodes(made.result.checks), [
        "build-network-attempt",
        "source-not-committed",
      ]);
    },
  });
}

levelTest("a build reaches no server of the host, and is found out", HELD, {
  tools: ["bash"],
  fn: async (isolation) => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const script = `bash -c 'echo >/dev/tcp/127.0.0.1/${listener.addr.port}'`;
    await using made = await rebuildProject({
      script: `${script} 2>/dev/null && echo reached >&2; echo made >out`,
    }, { isolation });
    assertEquals(openCodes(made.result.checks), [
      "build-network-attempt",
      "source-not-committed",
    ]);
    for (const { path } of made.logs) {
      assertEquals(Deno.readTextFileSync(path), "");
    }
  },
});

levelTest("a build that talks to itself is not accused", HELD, {
  tools: ["perl"],
  fn: async (isolation) => {
    await using made = await rebuildProject({
      script: `perl -MIO::Socket::INET -e '
        my $s = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1") or die;
        my $c = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $s->sockport) or die;
      ' && getent hosts localhost "$(uname -n)" >/dev/null && echo made >out`,
    }, { isolation });
    assertEquals(made.result.runs[0]?.outcome, "built");
    assertEquals(openCodes(made.result.checks), ["source-not-committed"]);
  },
});

Deno.test("networkUse knows nothing without counters", () => {
  assertEquals(networkUse(""), null);
  assertEquals(networkUse("counters\nIp: OutNoRoutes\nIp: 3"), null);
  const counters = (count: number) =>
    `counters\nIp: A OutNoRoutes\nIp: 1 ${count}\n` +
    `Tcp: AttemptFails\nTcp: 0\nIp6OutNoRoutes ${count}\n`;
  assertEquals(networkUse(`${counters(0)}${counters(3)}`), {
    unreachable: 6,
    refused: 0,
  });
});

levelTest("a build cannot talk its attempt away", HELD, {
  tools: ["bash"],
  fn: async (isolation) => {
    await using made = await rebuildProject({
      script: `${ATTEMPTS["sends a datagram"]} 2>/dev/null
        for handle in /proc/[0-9]*/fd/[3-7]; do
          printf 'counters\\nIp: OutNoRoutes\\nIp: 0\\nTcp: AttemptFails\\nTcp: 0\\n%9999s' >$handle
        done 2>/dev/null; echo made >out`,
    }, { isolation, jobs: 1 });
    assertStringIncludes(
      openCodes(made.result.checks).join(),
      "build-network-attempt",
    );
  },
});

interface Excess {
  readonly script: string;
  readonly limits: Readonly<Record<string, number>>;
  readonly tools?: readonly string[];
}

const EXCESSES: Record<string, Excess> = {
  "build-memory-limit": {
    script: `perl -e '$x = "x" x 300_000_000; sleep 60'`,
    limits: { buildMemoryBytes: 100 << 20 },
    tools: ["perl"],
  },
  "build-cpu-limit": {
    script: "while :; do :; done & while :; do :; done",
    limits: { buildCpuMs: 600 },
  },
  "build-open-files-limit": {
    script:
      `perl -e 'for (1..500) { open($f[$_], "<", "/dev/null") or last } sleep 60'`,
    limits: { buildOpenFiles: 200 },
    tools: ["perl"],
  },
  "build-process-limit": {
    script:
      "i=0; while [ $i -lt 60 ]; do setsid sleep 60 & i=$((i+1)); done; wait",
    limits: { buildProcesses: 30 },
  },
  "build-timed-out": {
    script: "trap '' TERM INT HUP; while :; do sleep 0.1; done",
    limits: { buildWallMs: 400 },
  },
  "build-log-limit": {
    script: "while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy; done",
    limits: { buildLogBytes: 1 << 18 },
  },
  "build-tree-limit": {
    script:
      "for d in . $HOME /dev/shm /var/tmp; do dd if=/dev/zero of=$d/x bs=1M count=8 2>/dev/null || :; done; sleep 60",
    limits: { buildTreeBytes: 16 << 20 },
  },
};

for (const [code, { script, limits, tools }] of Object.entries(EXCESSES)) {
  // Without a sandbox /dev/shm and /var/tmp are the host's.
  const levels = code === "build-tree-limit" ? HELD : ALL;
  levelTest(`${code} ends a build`, levels, {
    tools: tools ?? [],
    fn: async (isolation) => {
      const text = mark();
      await using made = await rebuildProject({
        script: `: ${text}; ${script}`,
        recipe: { limits: { buildWallMs: 20_000, ...limits } },
      }, { isolation });
      assertEquals(openCodes(made.result.checks), [
        code,
        "source-not-committed",
      ]);
      assertEquals(made.result.verdict, "unchecked");
      assertEquals(processesWith(text), []);
    },
  });
}

levelTest("the processor time of what has ended counts", HELD, {
  fn: async (isolation) => {
    await using made = await rebuildProject({
      script:
        "for i in 1 2 3 4; do (i=0; while [ $i -lt 150000 ]; do i=$((i+1)); done); done; echo made >out",
      recipe: { limits: { buildCpuMs: 50 } },
    }, { isolation });
    assertEquals(openCodes(made.result.checks), [
      "build-cpu-limit",
      "source-not-committed",
    ]);
  },
});

levelTest("a fork bomb is ended", HELD, {
  tools: ["bash"],
  fn: async (isolation) => {
    const text = mark();
    await using made = await rebuildProject({
      script:
        // Each starts two, over eight rounds: many, and an end of its own.
        `bash -c 'bomb${text}() { sleep 0.1; [ $1 -gt 8 ] || { bomb${text} $(($1+1)) & bomb${text} $(($1+1)) & }; sleep 20; }; bomb${text} 1'`,
      recipe: { limits: { buildProcesses: 60, buildWallMs: 10_000 } },
    }, { isolation, jobs: 1 });
    assert(
      openCodes(made.result.checks).some((code) =>
        code === "build-process-limit" || code === "build-timed-out"
      ),
    );
    assertEquals(processesWith(text), []);
  },
});

levelTest("what outlives a step is ended and named", HELD, {
  fn: async (isolation) => {
    const text = mark();
    await using made = await rebuildProject({
      script:
        `(trap '' TERM HUP INT; setsid env -i /bin/sleep ${text} >/dev/null 2>&1 </dev/null &) & echo made >out`,
    }, { isolation });
    assertEquals(openCodes(made.result.checks), [
      "build-left-process",
      "source-not-committed",
    ]);
    assertStringIncludes(
      made.result.checks.find(({ code }) => code === "build-left-process")
        ?.observed ?? "",
      "sleep",
    );
    assertEquals(processesWith(text), []);
  },
});

if (!hasTool("bwrap")) assert(WHY_NOT.bubblewrap !== null);
