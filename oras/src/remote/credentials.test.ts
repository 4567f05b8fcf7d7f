import assert from "node:assert/strict";
import { test } from "node:test";
import { copyAll } from "../copy.js";
import { pull } from "../pull.js";
import { push } from "../push.js";
import { type Fault, type Registry, startRegistry } from "../registry/index.js";
import { sample } from "../testing/registry-contract.js";
import type { RemoteOptions } from "./options.js";

const credentials = { username: "tester", password: "s3cret-word" };
const users = { tester: "s3cret-word" };
const options: RemoteOptions = { credentials, retries: 0 };

test("credentials are sent only when asked for", async () => {
  const registry = await startRegistry();
  await push(sample, [`${registry.host}/a:1`], options);
  assert.deepEqual(authorizations(registry), []);
  await registry.close();
});

test("one token serves a whole push", async () => {
  const registry = await startRegistry({ auth: { type: "token", users } });
  await push(sample, [`${registry.host}/a:1`], options);
  const tokens = registry.requests.filter(({ path }) => path === "/token");
  assert.equal(tokens.length, 1);
  assert.equal(tokens[0]?.query.get("scope"), "repository:a:pull,push");
  assert.ok(authorizations(registry).some((value) => value.startsWith("Bearer ")));
  await registry.close();
});

test("anonymous tokens allow a pull where the registry does", async () => {
  const registry = await startRegistry({ auth: { type: "token", users, anonymous: "pull" } });
  await push(sample, [`${registry.host}/a:1`], options);
  assert.equal((await pull(`${registry.host}/a:1`)).digest, sample.digest);
  await assert.rejects(push(sample, [`${registry.host}/a:2`], { retries: 0 }), {
    code: "REGISTRY_UNAUTHORIZED",
  });
  await registry.close();
});

test("an expired token is replaced", async () => {
  const registry = await startRegistry({ auth: { type: "token", users, tokenSeconds: 0 } });
  await assert.rejects(push(sample, [`${registry.host}/a:1`], options), { code: "REGISTRY_UNAUTHORIZED" });
  await registry.close();
});

test("Authorization does not follow a redirect to another host", async (t) => {
  for (const type of ["basic", "token"] as const) {
    await t.test(type, async () => {
      const elsewhere = await startRegistry();
      await push(sample, [`${elsewhere.host}/a:1`]);
      const before = elsewhere.requests.length;
      const registry = await startRegistry({
        auth: { type, users },
        faults: (request) =>
          request.method === "GET" && request.path.includes("/blobs/") && request.headers.authorization
            ? { type: "redirect", location: `${elsewhere.url}${request.path}` }
            : undefined,
      });
      await push(sample, [`${registry.host}/a:1`], options);
      assert.equal((await pull(`${registry.host}/a:1`, options)).digest, sample.digest);
      assert.ok(elsewhere.requests.length > before);
      assert.deepEqual(authorizations(elsewhere), []);
      await Promise.all([registry.close(), elsewhere.close()]);
    });
  }
});

test("another host's challenge is not answered", async () => {
  const elsewhere = await startRegistry({ auth: { type: "basic", users } });
  const redirect = (path: string): Fault => ({ type: "redirect", location: `${elsewhere.url}${path}` });
  const registry = await startRegistry({ faults: ({ path }) => redirect(path) });
  await assert.rejects(pull(`${registry.host}/a:1`, options), { code: "REGISTRY_UNAUTHORIZED" });
  assert.deepEqual(authorizations(elsewhere), []);
  await Promise.all([registry.close(), elsewhere.close()]);
});

test("an upload to another host carries no Authorization", async () => {
  const elsewhere = await startRegistry();
  const registry = await startRegistry({
    auth: { type: "basic", users },
    faults: ({ method, headers }) =>
      method === "POST" && headers.authorization
        ? { type: "status", status: 202, headers: { location: `${elsewhere.url}/v2/a/blobs/uploads/x` } }
        : undefined,
  });
  await assert.rejects(push(sample, [`${registry.host}/a:1`], options), { code: "NOT_FOUND" });
  assert.equal(elsewhere.requests.length, 1);
  assert.deepEqual(authorizations(elsewhere), []);
  await Promise.all([registry.close(), elsewhere.close()]);
});

test("token services that cannot be used", async (t) => {
  const table: [string, string, Fault | undefined, string, RegExp][] = [
    ["no realm", "Bearer service=x", undefined, "REGISTRY_ERROR", /token service that is no URL/],
    [
      "a file as realm",
      'Bearer realm="file:///etc/passwd"',
      undefined,
      "REGISTRY_ERROR",
      /no http or https URL/,
    ],
    ["a user in the realm", 'Bearer realm="http://a:b@127.0.0.1/"', undefined, "REGISTRY_ERROR", /user name/],
    [
      "an unknown scheme",
      "Negotiate",
      undefined,
      "REGISTRY_UNAUTHORIZED",
      /refused the credentials of tester/,
    ],
    ["no JSON", "", { type: "body", body: "s3cret-word" }, "REGISTRY_ERROR", /without a usable token/],
    ["null", "", { type: "body", body: "null" }, "REGISTRY_ERROR", /without a usable token/],
    [
      "a token with a line break",
      "",
      { type: "body", body: '{"token":"a\\r\\nx: y"}' },
      "REGISTRY_ERROR",
      /without a usable/,
    ],
    ["an endless token", "", { type: "endless" }, "SIZE_LIMIT", /larger than/],
    ["a useless token", "", { type: "body", body: '{"token":"abc"}' }, "REGISTRY_UNAUTHORIZED", /tester/],
    ["a service that is down", "", { type: "status", status: 503 }, "REGISTRY_ERROR", /503 for a token/],
    [
      "an echo",
      "",
      { type: "status", status: 400, body: '{"errors":[{"code":"X","message":"bad s3cret-word"}]}' },
      "REGISTRY_ERROR",
      /bad \*\*\*/,
    ],
  ];
  for (const [name, challenge, fault, code, message] of table) {
    await t.test(name, async () => {
      const registry = await startRegistry({
        auth: { type: "token", users },
        faults: ({ path }) => {
          if (path === "/token") return fault;
          return challenge === ""
            ? undefined
            : { type: "status", status: 401, headers: { "www-authenticate": challenge } };
        },
      });
      await assert.rejects(pull(`${registry.host}/a:1`, options), (error: Error & { code: string }) => {
        assert.equal(error.code, code);
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /s3cret-word/);
        return true;
      });
      await registry.close();
    });
  }
});

test("one pair of credentials is not sent to two registries", async () => {
  const refs = ["127.0.0.1:1/a:1", "127.0.0.1:2/a:1"];
  await assert.rejects(push(sample, refs, options), { code: "OPTION_INVALID" });
});

function authorizations(registry: Registry): string[] {
  return registry.requests.map(({ headers }) => headers.authorization).filter((value) => value !== undefined);
}

test("credentials are looked up once, when the registry asks, for the host of the reference", async () => {
  const open = await startRegistry();
  const guarded = await startRegistry({ auth: { type: "basic", users } });
  const asked: string[] = [];
  const credentialsFor = async (host: string) => {
    asked.push(host);
    return credentials;
  };
  await push(sample, [`${open.host}/a:1`, `${guarded.host}/a:1`], { credentialsFor });
  assert.deepEqual(asked, [guarded.host]);
  const anonymous = { credentialsFor: async () => undefined, retries: 0 };
  await assert.rejects(pull(`${guarded.host}/a:1`, anonymous), { message: /wants credentials/ });
  await Promise.all([open.close(), guarded.close()]);
});

test("an identity token is a refresh token for the token service", async () => {
  const identityToken = "identity-s3cret";
  const auth = { type: "token" as const, users, identityTokens: { [identityToken]: "tester" } };
  const registry = await startRegistry({ auth });
  const own = { username: "tester", password: "", identityToken };
  await push(sample, [`${registry.host}/a:1`], { credentials: own });
  const [request] = registry.requests.filter(({ path }) => path === "/token");
  assert.equal(request?.method, "POST");
  assert.equal(request?.headers.authorization, undefined);
  const wrong = { credentials: { ...own, identityToken: "wrong-s3cret" }, retries: 0 };
  await assert.rejects(pull(`${registry.host}/a:1`, wrong), (error: Error & { code: string }) => {
    assert.equal(error.code, "REGISTRY_UNAUTHORIZED");
    assert.doesNotMatch(`${error.message}${error.stack}`, /wrong-s3cret/);
    return true;
  });
  await registry.close();
});

test("an identity token follows no redirect to another host, and is no Basic password", async () => {
  const elsewhere = await startRegistry();
  const registry = await startRegistry({
    auth: { type: "token", users },
    faults: [{ when: "* /token", fault: { type: "redirect", location: `${elsewhere.url}/token` } }],
  });
  const own = { credentials: { username: "t", password: "", identityToken: "x" }, retries: 0 };
  await assert.rejects(pull(`${registry.host}/a:1`, own), {
    code: "REGISTRY_ERROR",
    message: /with a secret/,
  });
  assert.equal(elsewhere.requests.length, 0);
  const basic = await startRegistry({ auth: { type: "basic", users } });
  await assert.rejects(pull(`${basic.host}/a:1`, own), { code: "REGISTRY_UNAUTHORIZED" });
  assert.deepEqual(authorizations(basic), []);
  await Promise.all([elsewhere.close(), registry.close(), basic.close()]);
});

test("many requests at once are refused together, and one asks for all", async (t) => {
  for (const type of ["basic", "token"] as const) {
    await t.test(type, async () => {
      const registry = await startRegistry({ auth: { type, users } });
      const tags = Array.from({ length: 12 }, (_, index) => `t${index}`);
      await push(
        sample,
        tags.map((tag) => `${registry.host}/a:${tag}`),
        options,
      );
      const before = registry.requests.length;
      const { copies } = await copyAll(`${registry.host}/a`, `${registry.host}/b`, options);
      assert.equal(copies.length, tags.length);
      const tokens = registry.requests.slice(before).filter(({ path }) => path === "/token");
      // One for each repository, and a third to mount blobs of the one in the other.
      assert.ok(tokens.length <= (type === "token" ? 3 : 0), `${tokens.length}`);
      await registry.close();
    });
  }
});
