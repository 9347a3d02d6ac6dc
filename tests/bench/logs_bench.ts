/**
 * Reading a build log of 200 MB for warnings, against `grep -c warning` of the
 * same file; and the memory that it takes, in a process of its own.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { FileReader } from "../../verify/file_reader.ts";
import { readLog } from "../../verify/log/read_log.ts";
import { measure } from "./ratio.ts";

const LOG_BYTES = 200 << 20;
const LOG = { kind: "msbuild", project: "Cli" } as const;
const MEMORY_MIB_MAX = 150;

/** Measures reading of logs. */
export async function benchLogs(): Promise<boolean> {
  const path = await Deno.makeTempFile({ suffix: ".log" });
  try {
    writeLog(path);
    const fast = await measure({
      name: "warnings of a log of 200 MB",
      reference: "grep -c warning",
      limit: 2,
      runs: 5,
      ours: () => {
        readOnce(path);
        return Promise.resolve();
      },
      // Not to /dev/null, where grep stops at the first.
      theirs: async () => {
        await new Deno.Command("grep", { args: ["-c", "warning", path] })
          .output();
      },
    });
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", fromFileUrl(import.meta.url), path],
    }).output();
    const peak = Number(new TextDecoder().decode(stdout));
    const small = peak > 0 && peak <= MEMORY_MIB_MAX;
    Deno.stdout.writeSync(new TextEncoder().encode(
      `${
        small ? "ok  " : "OVER"
      }  memory of that, all of Deno included: ${peak} MiB, limit ${MEMORY_MIB_MAX}\n`,
    ));
    return fast && small;
  } finally {
    await Deno.remove(path);
  }
}

function readOnce(path: string): void {
  using reader = new FileReader(path);
  const { groups } = readLog(reader, LOG);
  if (groups.length !== 1) throw new Error("the warnings were not found");
}

/** A warning in every 500 lines, as talkative builds have. */
function writeLog(path: string): void {
  const quiet = "  Core.Transport -> compiling /src/Core/Transport/Frame.cs\n"
    .repeat(499);
  using file = Deno.openSync(path, { write: true });
  const encoder = new TextEncoder();
  let size = 0;
  for (let index = 0; size < LOG_BYTES; index++) {
    const warning =
      `/src/Cli/Json.cs(${index}): Trim analysis warning IL2026: Cli.Json ${index} [/src/Cli/Cli.csproj]\n`;
    size += file.writeSync(encoder.encode(quiet + warning));
  }
}

const [only] = Deno.args;
if (import.meta.main && only !== undefined) {
  readOnce(only);
  const status = Deno.readTextFileSync("/proc/self/status");
  const peak = Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]);
  Deno.stdout.writeSync(new TextEncoder().encode(String(peak >> 10)));
}
