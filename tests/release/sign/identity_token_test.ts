import { assertEquals, assertRejects } from "@std/assert";
import { readIdentityToken } from "../../../release/sign/identity_token.ts";
import { ReproofError } from "../../../verify/error.ts";
import { identityToken } from "../../stand_in/sigstore.ts";

const TOKEN = identityToken();

function withVariables(variables: Readonly<Record<string, string>>) {
  return {
    env: (name: string) => variables[name],
    wait: () => Promise.resolve(),
  };
}

async function refused(
  source: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<ReproofError> {
  return await assertRejects(
    () => readIdentityToken(source, withVariables(variables)),
    ReproofError,
  );
}

Deno.test("a token comes from a variable or a file", async () => {
  assertEquals(
    await readIdentityToken(
      "env:SIGSTORE_ID_TOKEN",
      withVariables({ SIGSTORE_ID_TOKEN: TOKEN }),
    ),
    TOKEN,
  );
  const path = Deno.makeTempFileSync();
  try {
    Deno.writeTextFileSync(path, `${TOKEN}\n`);
    assertEquals(
      await readIdentityToken(`file:${path}`, withVariables({})),
      TOKEN,
    );
  } finally {
    Deno.removeSync(path);
  }
});

Deno.test("GitHub hands a token out on request, after an outage too", async () => {
  const seen: string[] = [];
  let outages = 1;
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      seen.push(
        `${new URL(request.url).search} ${
          request.headers.get("authorization")
        }`,
      );
      return outages-- > 0
        ? new Response("later", { status: 503 })
        : Response.json({ value: TOKEN });
    },
  );
  const variables = {
    ACTIONS_ID_TOKEN_REQUEST_URL:
      `http://127.0.0.1:${server.addr.port}/token?api=2`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "bearer-secret",
  };
  assertEquals(
    await readIdentityToken("github", withVariables(variables)),
    TOKEN,
  );
  assertEquals(seen, [
    "?api=2&audience=sigstore Bearer bearer-secret",
    "?api=2&audience=sigstore Bearer bearer-secret",
  ]);
});

Deno.test("a token that is not there is named by its place", async () => {
  assertEquals((await refused("env:NONE")).code, "identity-token-missing");
  assertEquals((await refused("file:absent")).code, "identity-token-missing");
  assertEquals((await refused("github")).code, "identity-token-missing");
  assertEquals((await refused("gitlab")).code, "usage");
});

Deno.test("a token that is none is refused without being shown", async () => {
  for (
    const token of [
      "secret",
      "secret.secret",
      `${TOKEN}.more`,
      `x.${btoa("{}")}.secret`,
      `x.${btoa('{"iss":1,"sub":2}')}.secret`,
      "secret.!!!.secret",
    ]
  ) {
    const error = await refused("env:T", { T: token });
    assertEquals(error.code, "identity-token-invalid");
    assertEquals(error.message.includes("secret"), false);
  }
});
