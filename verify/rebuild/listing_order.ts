/**
 * Whether a file system lists the files of a directory in an order that
 * follows from the order in which they were made, as tmpfs does; ext4 and
 * others list them by a hash of their names.
 *
 * @module
 */

const NAMES = Array.from({ length: 8 }, (_, index) => `name-${index}`);

/** Makes the same files in two orders below a directory, and looks. */
export function listsAsMade(directory: string): boolean {
  const root = Deno.makeTempDirSync({ dir: directory, prefix: "order-" });
  try {
    const list = (folder: string, names: readonly string[]) => {
      Deno.mkdirSync(`${root}/${folder}`);
      for (const name of names) {
        Deno.writeTextFileSync(`${root}/${folder}/${name}`, "");
      }
      return [...Deno.readDirSync(`${root}/${folder}`)]
        .map(({ name }) => name).join();
    };
    return list("by-name", NAMES) !== list("backwards", NAMES.toReversed());
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}
