/**
 * Tests that need what others made: data, packages, programs. What is absent is
 * a failure in CI, and elsewhere a reason to ignore the test, which its name
 * then says.
 *
 * @module
 */

type Test = (context: Deno.TestContext) => Promise<void> | void;

/**
 * Declares a test.
 *
 * @param absent What it needs and why it is not there; empty when all is.
 */
export function testNeeding(
  name: string,
  absent: readonly string[],
  test: Test,
): void {
  Deno.test(
    declared({ name, absent, isCi: Deno.env.get("CI") === "true" }, test),
  );
}

/** A test as {@linkcode testNeeding} declares it. */
export function declared(
  { name, absent, isCi }: {
    readonly name: string;
    readonly absent: readonly string[];
    readonly isCi: boolean;
  },
  test: Test,
): Deno.TestDefinition {
  if (absent.length === 0) return { name, fn: test };
  const reason = absent.join("; ").replaceAll(/\s+/g, " ");
  if (!isCi) {
    return { name: `${name} [ignored: ${reason}]`, ignore: true, fn: () => {} };
  }
  return {
    name,
    fn: () => {
      throw new Error(`CI must have what the test needs: ${reason}`);
    },
  };
}
