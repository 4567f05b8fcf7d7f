import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { packCompat, push } from "@meshwasm/oras";
import { type FaultRule, type RegistryOptions, startRegistry } from "@meshwasm/oras/registry";
import { temporaryFolder } from "./filter-folder.js";
import { assertFailed, type ErrorDocument, runCli } from "./run-cli.js";

/** A module with a custom section that fills some chunks. */
const wasm = Buffer.concat([
  Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, 0x82, 0x80, 2, 1, 0x78]),
  Buffer.alloc(32 * 1024, 7),
]);

/** A registry that holds `a:1`, in which things go wrong from then on. */
async function faultyRegistry(
  t: TestContext,
  faults: FaultRule[],
  options: RegistryOptions = {},
): Promise<string> {
  let isReady = false;
  const rules = faults.map((rule) => ({ ...rule }));
  const registry = await startRegistry({
    ...options,
    faults: (request) => {
      const { fault } = rules.find(({ when }) => typeof when === "string" && matches(when, request)) ?? {};
      return isReady ? fault : undefined;
    },
  });
  t.after(() => registry.close());
  const tls = options.tls ? { plainHttp: false, insecure: true } : {};
  await push(packCompat({ wasm }), [`${registry.host}/a:1`], tls);
  isReady = true;
  return registry.host;
}

function matches(when: string, { method, path }: { method: string; path: string }): boolean {
  const [wanted, part = ""] = when.split(" ");
  return (wanted === "*" || wanted === method) && path.includes(part);
}

const status = (code: number, headers: Record<string, string> = {}, body = "") =>
  ({ type: "status", status: code, headers, body }) as const;
const challenge = { "www-authenticate": 'Basic realm="x"' };

const cases: { name: string; faults: FaultRule[]; code: string; message: RegExp; hint?: RegExp }[] = [
  {
    name: "401",
    faults: [{ when: "* /v2/", fault: status(401, challenge) }],
    code: "REGISTRY_UNAUTHORIZED",
    message: /HOST.*\(401\)/,
    hint: /user name and password/,
  },
  {
    name: "403",
    faults: [{ when: "* /v2/", fault: status(403) }],
    code: "REGISTRY_FORBIDDEN",
    message: /HOST.*\(403\)/,
  },
  {
    name: "404",
    faults: [{ when: "* /v2/", fault: status(404) }],
    code: "NOT_FOUND",
    message: /HOST.*404/,
  },
  {
    name: "500 with the registry's own words",
    faults: [
      {
        when: "* /v2/",
        fault: status(
          500,
          { "content-type": "application/json" },
          '{"errors":[{"code":"UNKNOWN","message":"disk full"}]}',
        ),
      },
    ],
    code: "REGISTRY_ERROR",
    message: /HOST answered 500.*disk full/,
  },
  {
    name: "a corrupted blob",
    faults: [{ when: "GET /blobs/", fault: { type: "corrupt" } }],
    code: "DIGEST_MISMATCH",
    message: /sha256:\w{64} of HOST has other content/,
  },
  {
    name: "a corrupted manifest",
    faults: [{ when: "GET /manifests/", fault: { type: "corrupt" } }],
    code: "DIGEST_MISMATCH",
    message: /manifest a:1 of HOST is not what the digest sha256:\w{64} says/,
  },
  {
    name: "a truncated blob",
    faults: [{ when: "GET /blobs/", fault: { type: "truncate", bytes: 10 } }],
    code: "REGISTRY_UNREACHABLE",
    message: /HOST closed the connection before the end/,
  },
  {
    name: "a connection that breaks",
    faults: [{ when: "* /v2/", fault: { type: "drop" } }],
    code: "REGISTRY_UNREACHABLE",
    message: /HOST closed the connection before the end/,
  },
];

for (const { name, faults, code, message, hint } of cases) {
  test(`${name}: exit 3 with host and cause, and nothing is written`, async (t) => {
    const host = await faultyRegistry(t, faults);
    const folder = await temporaryFolder(t);
    const withHost = new RegExp(message.source.replace("HOST", host.replaceAll(".", "\\.")));
    const ended = await runCli(["pull", `${host}/a:1`, "-o", folder]);
    assertFailed(ended, { code: 3, message: withHost, ...(hint && { hint }) });
    assert.deepEqual(await readdir(folder), []);
    const json = await runCli(["inspect", `${host}/a:1`, "--json"]);
    assert.equal(json.code, 3, json.all);
    const { error } = JSON.parse(json.stdout) as ErrorDocument;
    assert.equal(error.code, code, json.all);
    assert.match(error.message, withHost, json.all);
  });
}

test("a host that does not resolve: exit 3", async () => {
  const ended = await runCli(["inspect", "registry.invalid/a:1"]);
  assertFailed(ended, { code: 3, message: /registry registry\.invalid / });
});

test("what is no registry: exit 3", async (t) => {
  const server = createServer((socket) => socket.end("220 mail.example.com ESMTP\r\n"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(async () => void server.close());
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  assertFailed(await runCli(["inspect", `${host}/a:1`]), { code: 3, message: new RegExp(host) });
});

test("--debug shows the stack and the cause, and never the password", async (t) => {
  const host = await faultyRegistry(t, [{ when: "* /v2/", fault: status(401, challenge) }]);
  const args = ["pull", `${host}/a:1`, "--debug", "--username", "me", "--password-stdin"];
  const ended = await runCli(args, { stdin: "open-sesame\n" });
  assert.equal(ended.code, 3, ended.all);
  assert.match(ended.stderr, /^\s+at .*:\d+:\d+\)?$/m, ended.all);
  assert.ok(!ended.all.includes("open-sesame"), ended.all);
  assert.ok(!ended.all.includes(Buffer.from("me:open-sesame").toString("base64")), ended.all);
});

test("an interrupted pull leaves nothing under a final name", async (t) => {
  // It hangs in the middle of the layer, until the client goes.
  const faults: FaultRule[] = [{ when: "GET /blobs/", fault: { type: "delay", ms: 3_000 } }];
  const host = await faultyRegistry(t, faults);
  const folder = await temporaryFolder(t);
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    const out = join(folder, "out");
    const when = new Promise((resolve) => setTimeout(resolve, 1_000));
    const ended = await runCli(["pull", `${host}/a:1`, "-o", out], { signal: { name, when } });
    assert.equal(ended.signal, name, ended.all);
    assert.deepEqual(await readdir(folder), [], ended.all);
  }
});

test("a registry with TLS", async (t) => {
  // Self-signed for loopback, valid for a century; its key is public and protects nothing.
  const testdata = new URL("../../oras/src/remote/testdata/", import.meta.url);
  const caFile = new URL("localhost.crt", testdata).pathname;
  const [cert, key] = await Promise.all(
    ["localhost.crt", "localhost.key"].map((name) => readFile(new URL(name, testdata), "utf8")),
  );
  const host = await faultyRegistry(t, [], { tls: { cert: cert ?? "", key: key ?? "" } });
  const ref = `${host.replace("127.0.0.1", "localhost")}/a:1`;
  const folder = await temporaryFolder(t);

  // Loopback is plain HTTP unless a flag says something about TLS.
  for (const flags of [["--ca-file", caFile], ["--insecure"]]) {
    const out = join(folder, flags[0] ?? "");
    const ended = await runCli(["pull", ref, "-o", out, ...flags]);
    assert.equal(ended.code, 0, ended.all);
    assert.deepEqual(await readFile(join(out, "plugin.wasm")), wasm);
  }
  // By an address that is not taken for loopback TLS is the default, and the certificate is not trusted.
  const elsewhere = `0.0.0.0:${host.split(":")[1]}/a:1`;
  const untrusted = await runCli(["pull", elsewhere, "-o", join(folder, "none")]);
  const hint = /CA file.*--insecure/;
  assertFailed(untrusted, {
    code: 3,
    message: /registry 0\.0\.0\.0:\d+ has a certificate that is not trusted/,
    hint,
  });
});
