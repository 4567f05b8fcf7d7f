import { join } from "node:path";
import { test } from "node:test";
import { copy } from "../copy.js";
import { pull } from "../pull.js";
import { push } from "../push.js";
import { type FaultRule, startRegistry } from "../registry/index.js";
import { sample } from "../testing/registry-contract.js";
import { withTempFolder } from "../testing/temp-folder.js";
import { expectNothingNamed, expectRefused, type Refusal, user } from "./expect-refused.js";

const layer = sample.layers[0]?.descriptor.digest ?? "";
const none = `sha256:${"0".repeat(64)}`;
const quick = { credentials: user, retries: 2, retryDelayMs: 1 };
const getLayer = `GET /blobs/${layer}`;
const headers = (values: Record<string, string>) => ({ type: "headers", headers: values }) as const;
const echo = JSON.stringify({ errors: [{ code: "DENIED", message: `${user.username}:${user.password}` }] });

/** Every fault of a registry by its name: what both a pull and a copy to disk say. */
const table: (Refusal & { name: string; rules: FaultRule[]; basic?: true })[] = [
  {
    name: "a truncated blob",
    rules: [{ when: getLayer, fault: { type: "truncate", bytes: 10 } }],
    code: "REGISTRY_UNREACHABLE",
    message: /closed the connection before the end/,
  },
  {
    name: "a corrupted blob",
    rules: [{ when: getLayer, fault: { type: "corrupt" } }],
    code: "DIGEST_MISMATCH",
    message: /other content than its digest/,
  },
  {
    name: "a blob of another length",
    rules: [{ when: getLayer, fault: { type: "body", body: "short" } }],
    code: "SIZE_MISMATCH",
    message: /has 5 bytes, its descriptor says/,
  },
  {
    name: "a blob whose length is announced wrongly",
    rules: [{ when: getLayer, fault: headers({ "content-length": "9" }) }],
    code: "SIZE_MISMATCH",
    message: /has 9 bytes/,
  },
  {
    name: "an endless blob",
    rules: [{ when: getLayer, fault: { type: "endless" } }],
    code: "SIZE_MISMATCH",
    message: /longer than/,
  },
  {
    name: "a manifest under a wrong digest",
    rules: [{ when: "GET /manifests/", fault: headers({ "docker-content-digest": none }) }],
    code: "DIGEST_MISMATCH",
    message: /sha256:000/,
  },
  {
    name: "a corrupted manifest",
    rules: [{ when: "GET /manifests/", fault: { type: "corrupt" } }],
    code: "DIGEST_MISMATCH",
    message: /not what the digest/,
  },
  {
    name: "an endless manifest",
    rules: [{ when: "GET /manifests/", fault: { type: "endless" } }],
    code: "SIZE_LIMIT",
    message: /larger than 4194304 bytes/,
  },
  {
    name: "a manifest of 100 MB",
    rules: [{ when: "GET /manifests/", fault: { type: "body", body: new Uint8Array(100_000_000) } }],
    code: "SIZE_LIMIT",
    message: /has 100000000 bytes/,
  },
  {
    name: "a redirect loop",
    rules: [{ when: "GET /manifests/", fault: { type: "redirect", location: "/v2/a/manifests/1" } }],
    code: "REGISTRY_ERROR",
    message: /redirects more than 5 times/,
  },
  {
    name: "a redirect loop of a blob",
    rules: [{ when: getLayer, fault: { type: "redirect", location: `/v2/a/blobs/${layer}` } }],
    code: "REGISTRY_ERROR",
    message: /redirects more than 5 times/,
  },
  {
    name: "a storm of 429",
    rules: [{ when: "GET /", fault: { type: "status", status: 429, headers: { "retry-after": "0" } } }],
    code: "REGISTRY_ERROR",
    message: /answered 429/,
  },
  {
    name: "a token server that gives a useless token",
    rules: [{ when: "GET /token", fault: { type: "body", body: '{"token":"lie"}' } }],
    code: "REGISTRY_UNAUTHORIZED",
    message: /refused the credentials of tester/,
  },
  {
    name: "a token server that gives no token",
    rules: [{ when: "GET /token", fault: { type: "body", body: `<html>${user.password}` } }],
    code: "REGISTRY_ERROR",
    message: /without a usable token/,
  },
  {
    name: "a token server that redirects for ever",
    rules: [{ when: "GET /token", fault: { type: "redirect", location: "/token" } }],
    code: "REGISTRY_ERROR",
    message: /redirects more than 5 times/,
  },
  {
    name: "a storm of 429 from a token server",
    rules: [{ when: "GET /token", fault: { type: "status", status: 429, headers: { "retry-after": "0" } } }],
    code: "REGISTRY_ERROR",
    message: /answered 429/,
  },
  {
    name: "a token server that gives a line break",
    rules: [{ when: "GET /token", fault: { type: "body", body: '{"token":"a\\r\\nx: y"}' } }],
    code: "REGISTRY_ERROR",
    message: /without a usable token/,
  },
  {
    name: "a token server that never ends",
    rules: [{ when: "GET /token", fault: { type: "endless" } }],
    code: "SIZE_LIMIT",
    message: /larger than 262144 bytes/,
  },
  {
    name: "a token server that repeats the password",
    rules: [{ when: "GET /token", fault: { type: "status", status: 403, body: echo } }],
    code: "REGISTRY_FORBIDDEN",
    message: /tester:\*\*\*$/,
  },
  {
    name: "a registry that repeats the password",
    rules: [{ when: "GET /manifests/", fault: { type: "status", status: 403, body: echo } }],
    basic: true,
    // Only once the password was sent is it a secret of this call.
    code: "REGISTRY_FORBIDDEN",
    message: /DENIED/,
  },
];

for (const { name, rules, basic, code, message } of table) {
  test(`${name}: refused, nothing kept, nothing told`, () =>
    withTempFolder(async (folder) => {
      let isActive = false;
      const { password, username } = user;
      const registry = await startRegistry({
        auth: { type: basic ? "basic" : "token", users: { [username]: password } },
        faults: (request) => {
          const rule = rules.find(({ when }) => {
            const [method, part = ""] = String(when).split(" ");
            return method === request.method && request.path.includes(part);
          });
          // The first request of each call is the one that a challenge answers.
          const isAnonymous = basic && request.headers.authorization === undefined;
          return isActive && !isAnonymous ? rule?.fault : undefined;
        },
      });
      try {
        await push(sample, [`${registry.host}/a:1`], { credentials: user });
        isActive = true;
        await expectRefused(() => pull(`${registry.host}/a:1`, quick), { code, message });
        const layout = join(folder, "layout");
        await expectRefused(() => copy(`${registry.host}/a:1`, `oci:${layout}`, quick), { code, message });
        expectNothingNamed(layout);
        isActive = false;
        await copy(`${registry.host}/a:1`, `oci:${layout}`, quick);
      } finally {
        await registry.close();
      }
    }));
}
