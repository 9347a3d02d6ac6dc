/**
 * Whom an image runs as, found as runtimes find it (OCI image-spec 1.1,
 * config.md, "User"; runc, `libcontainer/user`): a number is a user id;
 * anything else is a name that the image's `/etc/passwd` gives an id, and
 * without a user it is root. A line of that file whose id is no number counts
 * as id 0, as it does there.
 *
 * @module
 */

/** A user, or why none can be told. */
export type ImageUser =
  | { readonly kind: "id"; readonly uid: number; readonly gid: number | null }
  | { readonly kind: "unknown"; readonly reason: string };

const ID_MAX = 2 ** 31 - 1;

/**
 * Finds the user.
 *
 * @param user As the configuration has it: `USER`, `UID`, `USER:GROUP`.
 * @param passwd The image's `/etc/passwd`; null when it has none.
 */
export function imageUser(user: string, passwd: string | null): ImageUser {
  const [name = "", group] = user.split(":");
  const gid = group !== undefined && /^\d+$/.test(group) ? Number(group) : null;
  if (name === "") return { kind: "id", uid: 0, gid };
  if (/^[+-]?\d+$/.test(name)) {
    const uid = Number(name);
    return uid >= 0 && uid <= ID_MAX
      // Minus zero is zero.
      ? { kind: "id", uid: Math.abs(uid), gid }
      : { kind: "unknown", reason: `no user has the id ${name}` };
  }
  const ids = (passwd ?? "").split("\n").map((line) => line.trim().split(":"))
    .filter((fields) => fields[0] === name)
    .map(([, , id = "", own = ""]) => ({
      uid: /^[+-]?\d+$/.test(id) ? Number(id) : 0,
      gid: gid ?? (/^\d+$/.test(own) ? Number(own) : null),
    }));
  // The first line counts, but one that says root is never overlooked.
  const found = ids.find(({ uid }) => uid === 0) ?? ids[0];
  if (found === undefined) {
    return { kind: "unknown", reason: `/etc/passwd has no "${name}"` };
  }
  return found.uid < 0 || found.uid > ID_MAX
    ? { kind: "unknown", reason: `"${name}" has the id ${found.uid}` }
    : { kind: "id", ...found, uid: Math.abs(found.uid) };
}
