/**
 * A directory that is gone when its scope ends.
 *
 * @module
 */

/** A new directory of the user alone. */
export class TemporaryFolder implements Disposable {
  readonly path: string = Deno.makeTempDirSync({ prefix: "reproof-" });

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}
