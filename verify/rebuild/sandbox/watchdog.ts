/**
 * A small process that outlives us. It holds one end of a pipe; when that
 * closes because this program was killed, it ends the builds that are still
 * running and removes the directory of the rebuild and what else lies elsewhere
 * for it. Where there is no shell there is no watchdog.
 *
 * @module
 */

const SCRIPT = `
work=$1
active=" "
other=
while read -r verb group; do
  case "$verb" in
    start) active="$active$group " ;;
    stop) active="\${active%% $group *} \${active#* $group }" ;;
    other) other=$group ;;
    quit) exit 0 ;;
  esac
done
for round in 1 2 3 4 5; do
  for group in $active; do
    kill -KILL "-$group" "$group" 2>/dev/null
    # What libfaketime shares in a build without a sandbox.
    rm -f "/dev/shm/faketime_shm_$group" "/dev/shm/sem.faketime_sem_$group"
  done
  for file in $(grep -lsF "$work/" /proc/[0-9]*/environ 2>/dev/null); do
    pid=\${file#/proc/}
    kill -KILL "\${pid%/environ}" 2>/dev/null
  done
  sleep 0.1
done
if [ "$2" = remove ]; then
  chmod -R u+rwX "$work" 2>/dev/null
  rm -rf "$work"
fi
[ -z "$other" ] || rm -rf "$other"
`;

/** Watches over one rebuild. */
export class Watchdog implements AsyncDisposable {
  readonly #child: Deno.ChildProcess | undefined;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  readonly #encoder = new TextEncoder();

  /**
   * Starts watching.
   *
   * @param work Directory of the rebuild.
   * @param options `shell` is the path of a shell, or null; `remove` says
   * whether the directory is to go too.
   */
  constructor(
    work: string,
    options: { readonly shell: string | null; readonly remove: boolean },
  ) {
    const { shell } = options;
    if (shell === null) return;
    const remove = options.remove ? "remove" : "keep";
    this.#child = new Deno.Command(shell, {
      args: ["-c", SCRIPT, "reproof-watchdog", work, remove],
      cwd: "/",
      clearEnv: true,
      env: { PATH: "/usr/bin:/bin" },
      detached: true,
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    }).spawn();
    this.#child.unref();
    this.#writer = this.#child.stdin.getWriter();
  }

  /** A process group has started. */
  async started(group: number): Promise<void> {
    await this.#tell(`start ${group}\n`);
  }

  /** A process group is over. */
  async ended(group: number): Promise<void> {
    await this.#tell(`stop ${group}\n`);
  }

  /** A directory elsewhere, without blanks in its name, that is to go too. */
  async elsewhere(path: string): Promise<void> {
    await this.#tell(`other ${path}\n`);
  }

  /** Stops watching, without touching anything. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child?.ref();
    await this.#tell("quit\n");
    await this.#writer?.close().catch(() => {});
    await this.#child?.status;
  }

  async #tell(line: string): Promise<void> {
    await this.#writer?.write(this.#encoder.encode(line)).catch(() => {});
  }
}
