import assert from "node:assert/strict";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { test } from "node:test";
import type { ErrorCode } from "../errors.js";
import { inspect } from "../inspect.js";
import { pull } from "../pull.js";
import { push } from "../push.js";
import { type Fault, type FaultRule, startRegistry } from "../registry/index.js";
import { sample } from "../testing/registry-contract.js";
import type { RemoteOptions } from "./options.js";

const layerDigest = sample.layers[0]?.descriptor.digest ?? "";
const quick: RemoteOptions = { retries: 2, retryDelayMs: 1 };

const manifestFaults: [string, Fault, ErrorCode, RegExp][] = [
  ["a changed byte", { type: "corrupt" }, "DIGEST_MISMATCH", /not what the digest/],
  ["another manifest", { type: "body", body: "{}" }, "DIGEST_MISMATCH", /not what the digest/],
  [
    "a lying header",
    { type: "headers", headers: { "docker-content-digest": `sha256:${"0".repeat(64)}` } },
    "DIGEST_MISMATCH",
    /sha256:000/,
  ],
  [
    "a header that is no digest",
    { type: "headers", headers: { "docker-content-digest": "x" } },
    "DIGEST_MISMATCH",
    /digest x/,
  ],
  [
    "another content type",
    { type: "headers", headers: { "content-type": "text/html" } },
    "MANIFEST_INVALID",
    /served as text\/html/,
  ],
  [
    "no digest header, changed byte",
    { type: "status", status: 200, headers: { "content-type": sample.mediaType }, body: '{"a":1}' },
    "MANIFEST_INVALID",
    /schemaVersion/,
  ],
  ["an endless manifest", { type: "endless" }, "SIZE_LIMIT", /larger than 4194304 bytes/],
  [
    "a manifest of 100 MB",
    { type: "headers", headers: { "content-length": "100000000" } },
    "SIZE_LIMIT",
    /100000000 bytes/,
  ],
  ["404", { type: "status", status: 404 }, "NOT_FOUND", /has no manifest a:1 \(404\)/],
  [
    "403",
    { type: "status", status: 403, body: '{"errors":[{"code":"DENIED","message":"go\\u001b[31m away"}]}' },
    "REGISTRY_FORBIDDEN",
    /: DENIED go \[31m away$/,
  ],
  ["401 without a challenge", { type: "status", status: 401 }, "REGISTRY_UNAUTHORIZED", /wants credentials/],
  ["500 is not retried", { type: "status", status: 500, body: "<html>" }, "REGISTRY_ERROR", /answered 500/],
  ["503 for good", { type: "status", status: 503 }, "REGISTRY_ERROR", /answered 503/],
  ["dropped for good", { type: "drop" }, "REGISTRY_UNREACHABLE", /closed the connection/],
  [
    "cut short for good",
    { type: "truncate", bytes: 20 },
    "REGISTRY_UNREACHABLE",
    /closed the connection before the end/,
  ],
  [
    "a redirect loop",
    { type: "redirect", location: "/v2/a/manifests/1" },
    "REGISTRY_ERROR",
    /more than 5 times/,
  ],
  [
    "a redirect to a file",
    { type: "redirect", location: "file:///etc/passwd" },
    "REGISTRY_ERROR",
    /no http or https URL/,
  ],
  [
    "a redirect with a user",
    { type: "redirect", location: "http://u:p@127.0.0.1/" },
    "REGISTRY_ERROR",
    /user name in its URL/,
  ],
  ["a redirect to nowhere", { type: "redirect", location: "http://" }, "REGISTRY_ERROR", /is no URL/],
  [
    "not HTTP",
    { type: "handle", handle: (request) => void request.socket.end("hello\r\n\r\n") },
    "REGISTRY_ERROR",
    /does not answer in HTTP/,
  ],
];

test("faults in a manifest", async (t) => {
  for (const [name, fault, code, message] of manifestFaults) {
    await t.test(name, () =>
      withFaults([{ when: "GET /manifests/", fault }], async (ref) => {
        await assert.rejects(pull(ref, quick), { name: "MeshwasmError", code, message });
      }),
    );
  }
});

const blobFaults: [string, Fault, ErrorCode, RegExp][] = [
  ["a changed byte", { type: "corrupt" }, "DIGEST_MISMATCH", /other content than its digest/],
  ["other bytes", { type: "body", body: "x" }, "SIZE_MISMATCH", /has 1 bytes/],
  ["endless", { type: "endless" }, "SIZE_MISMATCH", /longer than/],
  ["too short, without a length", { type: "endless", bytes: 7 }, "SIZE_MISMATCH", /ended after \d+ of/],
  ["cut short for good", { type: "truncate", bytes: 10 }, "REGISTRY_UNREACHABLE", /closed the connection/],
  ["a wrong length", { type: "headers", headers: { "content-length": "7" } }, "SIZE_MISMATCH", /has 7 bytes/],
  ["missing", { type: "status", status: 404 }, "NOT_FOUND", /has no blob a@sha256/],
];

test("faults in a layer", async (t) => {
  for (const [name, fault, code, message] of blobFaults) {
    await t.test(name, () =>
      withFaults([{ when: `GET /blobs/${layerDigest}`, fault }], async (ref) => {
        await assert.rejects(pull(ref, quick), { name: "MeshwasmError", code, message });
        // A damaged transfer is no fact about the artifact, so inspect fails too.
        await assert.rejects(inspect(ref, quick), { code });
      }),
    );
  }
});

test("passing faults are survived", async (t) => {
  const table: [string, FaultRule[]][] = [
    [
      "429 with Retry-After",
      [{ when: "GET /", fault: { type: "status", status: 429, headers: { "retry-after": "0" } }, times: 2 }],
    ],
    [
      "502, 503, 504",
      [502, 503].map((status) => ({
        when: "GET /manifests/",
        fault: { type: "status" as const, status },
        times: 1,
      })),
    ],
    ["a dropped connection", [{ when: "GET /blobs/", fault: { type: "drop" }, times: 2 }]],
    ["a cut layer", [{ when: `GET /blobs/${layerDigest}`, fault: { type: "truncate", bytes: 5 }, times: 2 }]],
    ["a redirect", [{ when: "GET /blobs/", fault: { type: "redirect", location: "?again" }, times: 3 }]],
  ];
  for (const [name, rules] of table) {
    await t.test(name, () =>
      withFaults(rules, async (ref) => {
        assert.equal((await pull(ref, quick)).digest, sample.digest);
      }),
    );
  }
});

test("a push survives passing faults, and puts the manifest last", async (t) => {
  for (const when of ["HEAD /", "POST /", "PUT /blobs/", "PUT /manifests/"]) {
    for (const fault of [{ type: "drop" }, { type: "status", status: 503 }] as const) {
      await t.test(`${when} ${fault.type}`, async () => {
        const registry = await startRegistry({ faults: [{ when, fault, times: 1 }] });
        await push(sample, [`${registry.host}/a:1`], quick);
        const done = registry.requests.filter(({ status }) => status === 201).map(({ path }) => path);
        assert.equal(done.at(-1), "/v2/a/manifests/1");
        assert.equal((await pull(`${registry.host}/a:1`)).digest, sample.digest);
        await registry.close();
      });
    }
  }
});

test("faults in an upload", async (t) => {
  const headers = (location: string): Fault => ({ type: "headers", headers: { location } });
  const table: [string, FaultRule, ErrorCode, RegExp][] = [
    ["no location", { when: "POST /", fault: headers("") }, "REGISTRY_ERROR", /names no place to upload/],
    [
      "a location that is no URL",
      { when: "POST /", fault: headers("ftp://x/") },
      "REGISTRY_ERROR",
      /no http or https/,
    ],
    [
      "another digest stored",
      {
        when: "PUT /blobs/",
        fault: { type: "headers", headers: { "docker-content-digest": `sha256:${"0".repeat(64)}` } },
      },
      "DIGEST_MISMATCH",
      /sha256:000/,
    ],
    [
      "a blob refused",
      { when: "PUT /blobs/", fault: { type: "status", status: 400 } },
      "REGISTRY_ERROR",
      /answered 400/,
    ],
    [
      "a manifest refused",
      { when: "PUT /manifests/", fault: { type: "status", status: 413 } },
      "REGISTRY_ERROR",
      /answered 413/,
    ],
    [
      "no 201",
      { when: "PUT /manifests/", fault: { type: "status", status: 200 } },
      "REGISTRY_ERROR",
      /answered 200/,
    ],
  ];
  for (const [name, rule, code, message] of table) {
    await t.test(name, async () => {
      const registry = await startRegistry({ faults: [rule] });
      await assert.rejects(push(sample, [`${registry.host}/a:1`], quick), {
        name: "MeshwasmError",
        code,
        message,
      });
      await registry.close();
    });
  }
});

test("an absolute upload location is followed", async () => {
  const registry = await startRegistry({
    faults: (request) =>
      request.method === "POST"
        ? {
            type: "handle",
            handle: (_, response) => {
              response
                .writeHead(307, { location: `http://${registry.host}${request.path}?redirected` })
                .end();
            },
          }
        : undefined,
  });
  // The redirect is answered with the same POST again, so it loops: what counts is that it was followed.
  await assert.rejects(push(sample, [`${registry.host}/a:1`], quick), { message: /more than 5 times/ });
  assert.ok(registry.requests.some(({ query }) => query.has("redirected")));
  await registry.close();
});

test("nobody there", async (t) => {
  const closed = createTcpServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => closed.once("listening", resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  await t.test("refused", async () => {
    const message = `registry 127.0.0.1:${port} refused the connection`;
    await assert.rejects(pull(`127.0.0.1:${port}/a:1`, quick), {
      code: "REGISTRY_UNREACHABLE",
      exitCode: 3,
      message,
    });
  });
  await t.test("unresolvable", async () => {
    const expected = { code: "REGISTRY_UNREACHABLE", message: /host name that does not resolve/ };
    await assert.rejects(pull("registry.invalid/a:1", quick), expected);
  });
});

test("silence ends in a timeout, and an abort ends the call", async () => {
  const registry = await startRegistry({ faults: [{ when: "GET /", fault: { type: "delay", ms: 5_000 } }] });
  const ref = `${registry.host}/a:1`;
  const expected = { code: "REGISTRY_TIMEOUT", message: /did not answer within 100 ms/ };
  await assert.rejects(pull(ref, { retries: 0, idleTimeoutMs: 100 }), expected);
  await assert.rejects(pull(ref, { signal: AbortSignal.timeout(50) }), { code: "ABORTED", exitCode: 1 });
  await assert.rejects(pull(ref, { signal: AbortSignal.abort() }), { code: "ABORTED" });
  await registry.close();
});

test("a layer over the limit is refused before it is asked for", () =>
  withFaults([], async (ref, requests) => {
    await assert.rejects(pull(ref, { maxLayerBytes: 100 }), { code: "SIZE_LIMIT", exitCode: 1 });
    assert.ok(!requests().some((request) => request.includes(`GET /v2/a/blobs/${layerDigest}`)));
    const found = await inspect(ref, { maxUnpackedBytes: 100 });
    assert.match(found.problem ?? "", /unpacks to more than 100 bytes/);
    assert.deepEqual([found.wasm, found.loadableBy], [undefined, []]);
  }));

async function withFaults(
  faults: FaultRule[],
  work: (ref: string, requests: () => string[]) => Promise<void>,
): Promise<void> {
  let isActive = false;
  const rules = faults.map((rule) => ({ ...rule }));
  const registry = await startRegistry({
    faults: (request) => {
      const rule = rules.find(({ when, times = 1 }) => {
        const [method, part] = String(when).split(" ");
        return isActive && times > 0 && request.method === method && request.path.includes(part ?? "");
      });
      if (rule?.times !== undefined) rule.times--;
      return rule?.fault;
    },
  });
  try {
    await push(sample, [`${registry.host}/a:1`]);
    isActive = true;
    await work(`${registry.host}/a:1`, () =>
      registry.requests.map(({ method, path }) => `${method} ${path}`),
    );
  } finally {
    await registry.close();
  }
}
