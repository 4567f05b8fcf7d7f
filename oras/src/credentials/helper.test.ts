import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { eraseCredentials, loadCredentials, storeCredentials } from "./credentials.js";
import { helperGet } from "./helper.js";

interface Place {
  folder: string;
  env: Record<string, string>;
}

// A helper is a shell script here, since that is what any program is to the protocol.
async function withHelper(
  script: string,
  config: unknown,
  work: (place: Place) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "meshwasm-helper-"));
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin", "docker-credential-fake"), `#!/bin/sh\ncd '${folder}'\n${script}\n`, {
    mode: 0o755,
  });
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  try {
    const env = { DOCKER_CONFIG: folder, PATH: `${join(folder, "bin")}:${process.env.PATH}` };
    await work({ folder, env });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// Keeps one entry in a file and answers as the real helpers do.
const keeper = `
case "$1" in
store) cat > entry ;;
get) host=$(cat); if [ -f entry ]; then cat entry; else echo "credentials not found in native keychain"; exit 1; fi; printf %s "$host" > asked ;;
erase) rm -f entry; cat > erased ;;
esac`;

const user = { username: "u", password: "p" };

test("a helper keeps the secret, the file only the registry's name", async () => {
  for (const config of [
    { credsStore: "fake" },
    { credHelpers: { r: "fake" } },
    { credHelpers: { r: "fake" }, credsStore: "none" },
  ]) {
    await withHelper(keeper, config, async ({ folder, env }) => {
      assert.equal(await loadCredentials("r", env), undefined);
      assert.deepEqual(await storeCredentials("r", user, env), {
        file: join(folder, "config.json"),
        helper: "docker-credential-fake",
      });
      assert.deepEqual(JSON.parse(readFileSync(join(folder, "config.json"), "utf8")), {
        ...config,
        auths: { r: {} },
      });
      assert.deepEqual(await loadCredentials("r", env), user);
      assert.equal(await eraseCredentials("r", env), true);
      assert.equal(readFileSync(join(folder, "erased"), "utf8"), "r");
      assert.equal(await loadCredentials("r", env), undefined);
      assert.equal(await eraseCredentials("r", env), false);
    });
  }
});

test("identity tokens, and Docker Hub by its old URL", () =>
  withHelper(keeper, { credsStore: "fake" }, async ({ folder, env }) => {
    await storeCredentials("docker.io", { ...user, identityToken: "t" }, env);
    const expected = { username: "<token>", password: "", identityToken: "t" };
    assert.deepEqual(await loadCredentials("docker.io", env), expected);
    assert.equal(readFileSync(join(folder, "asked"), "utf8"), "https://index.docker.io/v1/");
  }));

test("an entry in the file counts where the helper has none", () => {
  const auth = Buffer.from("u:p").toString("base64");
  return withHelper(keeper, { credsStore: "fake", auths: { r: { auth } } }, async ({ env }) => {
    assert.deepEqual(await loadCredentials("r", env), user);
  });
});

test("helpers that fail", async (t) => {
  const table: [string, string, RegExp][] = [
    [
      "an exit code",
      "echo s3cret-word; echo s3cret-word >&2; exit 3",
      /docker-credential-fake get ended with code 3/,
    ],
    ["no JSON", "echo s3cret-word", /without JSON/],
    ["another JSON", 'echo \'{"Secret":"s3cret-word"}\'', /without Username and Secret/],
    ["an endless answer", "exec yes s3cret-word", /printed more than 262144 bytes/],
    ["a signal", "kill -9 $$", /ended by SIGKILL/],
    ["no end", "exec sleep 60", /did not end within 300 ms/],
  ];
  for (const [name, script, message] of table) {
    await t.test(name, () =>
      withHelper(script, {}, async ({ env }) => {
        await assert.rejects(
          helperGet("fake", "r", { env, timeoutMs: name === "no end" ? 300 : 20_000 }),
          (error: Error & { code: string }) => {
            assert.equal(error.code, "CREDENTIAL_HELPER_FAILED");
            assert.match(error.message, message);
            assert.doesNotMatch(`${error.message}${error.stack}${error.cause}`, /s3cret/);
            return true;
          },
        );
      }),
    );
  }
});

test("a helper that is not there is named", () =>
  withHelper(keeper, { credsStore: "absent" }, async ({ env }) => {
    const expected = {
      code: "CREDENTIAL_HELPER_FAILED",
      exitCode: 1,
      message: /docker-credential-absent get is not on PATH/,
    };
    await assert.rejects(loadCredentials("r", env), expected);
  }));
