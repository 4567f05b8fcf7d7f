import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import type { Credentials } from "../remote/options.js";
import { eraseCredentials, loadCredentials, storeCredentials } from "./credentials.js";

const base64 = (text: string) => Buffer.from(text).toString("base64");
const user: Credentials = { username: "u", password: "p" };

interface Home {
  env: Record<string, string>;
  write(path: string, content: unknown): string;
  read(path: string): Record<string, unknown>;
}

async function withHome(work: (home: Home) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "meshwasm-credentials-"));
  const write = (path: string, content: unknown) => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
    return file;
  };
  const read = (path: string) => JSON.parse(readFileSync(join(folder, path), "utf8"));
  try {
    const env = { HOME: folder, PATH: `${join(folder, "bin")}:${process.env.PATH}` };
    await work({ env, write, read });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const config = ".docker/config.json";

test("entries of every form", async (t) => {
  const key = "r.example.com";
  const table: [string, Record<string, unknown>, string, Credentials | undefined][] = [
    ["auth", { [key]: { auth: base64("u:p") } }, key, user],
    [
      "a password with colons",
      { [key]: { auth: base64("u:p:q:") } },
      key,
      { username: "u", password: "p:q:" },
    ],
    ["padded with NULs", { [key]: { auth: base64("u:p\0\0") } }, key, user],
    ["plain", { [key]: { username: "u", password: "p" } }, key, user],
    ["auth wins over plain", { [key]: { auth: base64("u:p"), username: "x", password: "y" } }, key, user],
    [
      "an identity token",
      { [key]: { auth: base64("u:"), identitytoken: "t" } },
      key,
      { username: "u", password: "", identityToken: "t" },
    ],
    [
      "an identity token alone",
      { [key]: { identitytoken: "t" } },
      key,
      { username: "", password: "", identityToken: "t" },
    ],
    ["an empty entry", { [key]: {} }, key, undefined],
    ["a URL as key", { "https://r.example.com/v2/": { auth: base64("u:p") } }, key, user],
    ["a port is part of the host", { "r.example.com:5000": { auth: base64("u:p") } }, key, undefined],
    ["another host", { "other.example.com": { auth: base64("u:p") } }, key, undefined],
    [
      "the exact key first",
      { "https://r.example.com": { auth: base64("x:y") }, [key]: { auth: base64("u:p") } },
      key,
      user,
    ],
    ["Docker Hub", { "https://index.docker.io/v1/": { auth: base64("u:p") } }, "docker.io", user],
    ["Docker Hub by another name", { "docker.io": { auth: base64("u:p") } }, "registry-1.docker.io", user],
    ["a host named __proto__", {}, "__proto__", undefined],
  ];
  for (const [name, auths, host, expected] of table) {
    await t.test(name, () =>
      withHome(async ({ env, write }) => {
        write(config, { auths });
        assert.deepEqual(await loadCredentials(host, env), expected);
      }),
    );
  }
});

test("the files, in their order", () =>
  withHome(async ({ env, write }) => {
    const entry = (name: string) => ({ auths: { r: { auth: base64(`${name}:p`) } } });
    const found = async (more: Record<string, string>) =>
      (await loadCredentials("r", { ...env, ...more }))?.username;
    assert.equal(await found({}), undefined);
    const podman = { XDG_RUNTIME_DIR: dirname(dirname(write("run/containers/auth.json", entry("podman")))) };
    assert.equal(await found(podman), "podman");
    write(config, { auths: {} });
    assert.equal(await found(podman), "podman");
    write(config, entry("home"));
    assert.equal(await found(podman), "home");
    const named = { ...podman, REGISTRY_AUTH_FILE: write("named.json", entry("named")) };
    assert.equal(await found(named), "named");
    const docker = { ...named, DOCKER_CONFIG: dirname(write("docker/config.json", entry("docker"))) };
    assert.equal(await found(docker), "docker");
    assert.equal(await found({ ...docker, DOCKER_CONFIG: join(env.HOME ?? "", "none") }), undefined);
  }));

test("store and erase keep everything else", () =>
  withHome(async ({ env, write, read }) => {
    const file = write(config, {
      HttpHeaders: { a: "b" },
      auths: { other: { auth: base64("x:y") }, "https://r/v1/": {} },
    });
    chmodSync(file, 0o644);
    assert.deepEqual(await storeCredentials("r", user, env), { file });
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(read(config), {
      HttpHeaders: { a: "b" },
      auths: { other: { auth: base64("x:y") }, r: { auth: base64("u:p") } },
    });
    assert.deepEqual(await loadCredentials("r", env), user);
    assert.equal(await eraseCredentials("r", env), true);
    assert.equal(await eraseCredentials("r", env), false);
    assert.deepEqual(read(config).auths, { other: { auth: base64("x:y") } });
    assert.deepEqual(readdirSync(dirname(file)), ["config.json"]);
  }));

test("the first login makes folder and file; an identity token and Docker Hub come back", () =>
  withHome(async ({ env, read }) => {
    const token = { username: "u", password: "", identityToken: "t" };
    await storeCredentials("docker.io", token, env);
    assert.deepEqual(Object.keys(read(config).auths as object), ["https://index.docker.io/v1/"]);
    assert.deepEqual(await loadCredentials("index.docker.io", env), token);
    assert.equal(statSync(join(env.HOME ?? "", ".docker")).mode & 0o777, 0o700);
  }));

test("a file that is a link is written where it links to", () =>
  withHome(async ({ env, write, read }) => {
    const real = write("dotfiles/config.json", {});
    mkdirSync(join(env.HOME ?? "", ".docker"));
    symlinkSync(real, join(env.HOME ?? "", config));
    await storeCredentials("r", user, env);
    assert.deepEqual(read("dotfiles/config.json"), { auths: { r: { auth: base64("u:p") } } });
  }));

test("malformed files are named, and not quoted", async (t) => {
  const secret = "s3cret-word";
  const table: [string, unknown, RegExp][] = [
    ["no JSON", `{"auths": {"r": {"auth": "${secret}"`, /is not JSON/],
    ["a list", [secret], /no JSON object/],
    ["auths as a list", { auths: [secret] }, /has auths that are no object/],
    ["an entry as a text", { auths: { r: secret } }, /entry of r in .* is no object/],
    ["an auth without a colon", { auths: { r: { auth: base64(secret) } } }, /not Base64 of/],
    ["an auth that is not Base64", { auths: { r: { auth: `u:${secret}` } } }, /not Base64 of/],
    ["credHelpers with a number", { credHelpers: { r: 1 } }, /credHelpers that are no names/],
    ["a helper with a path", { credHelpers: { r: "../../x" } }, /no name of a credential helper/],
    ["a huge file", " ".repeat(1024 * 1024 + 1), /has 1048577 bytes/],
  ];
  for (const [name, content, message] of table) {
    await t.test(name, () =>
      withHome(async ({ env, write }) => {
        write(config, content);
        await assert.rejects(
          loadCredentials("r", env),
          (error: Error & { code: string; exitCode: number }) => {
            assert.deepEqual([error.code, error.exitCode], ["CREDENTIALS_INVALID", 2]);
            assert.match(error.message, message);
            assert.doesNotMatch(`${error.message}${error.stack}${error.cause}`, /s3cret|czNjcmV0/);
            return true;
          },
        );
      }),
    );
  }
});

test("a file that cannot be written says so and is left as it was", () =>
  withHome(async ({ env, write }) => {
    const blocked = { ...env, DOCKER_CONFIG: write("a-file", "x") };
    await assert.rejects(storeCredentials("r", user, blocked), {
      code: "CREDENTIALS_INVALID",
      message: /cannot be written/,
    });
    assert.ok(existsSync(join(env.HOME ?? "", "a-file")));
  }));
