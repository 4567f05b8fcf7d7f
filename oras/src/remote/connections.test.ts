import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { inspect as show } from "node:util";
import { pull } from "../pull.js";
import { push } from "../push.js";
import { type Registry, startRegistry } from "../registry/index.js";
import { startProxy, type TestProxy } from "../testing/proxy.js";
import { sample } from "../testing/registry-contract.js";
import type { RemoteOptions } from "./options.js";

const testdata = join(import.meta.dirname, "testdata");
const [certFile, keyFile] = [join(testdata, "localhost.crt"), join(testdata, "localhost.key")];
const tls = { cert: readFileSync(certFile, "utf8"), key: readFileSync(keyFile, "utf8") };
const names = ["http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];

/** Runs work with these variables and no other of the kind. */
async function withEnvironment(values: Record<string, string>, work: () => Promise<void>): Promise<void> {
  const before = names.map((name) => [name, process.env[name]] as const);
  for (const name of names) delete process.env[name];
  Object.assign(process.env, values);
  try {
    await work();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

async function withProxy(
  options: { tls?: typeof tls; user?: string },
  work: (proxy: TestProxy, registry: Registry) => Promise<void>,
): Promise<void> {
  const registry = await startRegistry(options.tls ? { tls: options.tls } : {});
  const proxy = await startProxy(registry.port, options.user);
  try {
    await work(proxy, registry);
  } finally {
    await Promise.all([proxy.close(), registry.close()]);
  }
}

const ref = "registry.example.com/a:1";
const overTls: RemoteOptions = { insecure: true, retries: 0 };
const plain: RemoteOptions = { plainHttp: true, retries: 0 };

test("HTTPS_PROXY: a tunnel to the registry, with the proxy's user", () =>
  withProxy({ tls, user: "me:pr0xy-word" }, (proxy) =>
    withEnvironment({ HTTPS_PROXY: `http://me:pr0xy-word@${proxy.host}` }, async () => {
      await push(sample, [ref], overTls);
      assert.equal((await pull(ref, overTls)).digest, sample.digest);
      const [first] = proxy.requests;
      assert.deepEqual(first, { line: "CONNECT registry.example.com:443", user: "me:pr0xy-word" });
    }),
  ));

test("HTTP_PROXY: a registry without TLS is asked for by its URL, and the lower-case name wins", () =>
  withProxy({}, (proxy) =>
    withEnvironment({ http_proxy: proxy.host, HTTP_PROXY: "http://127.0.0.1:1" }, async () => {
      await push(sample, [ref], plain);
      assert.equal((await pull(ref, plain)).digest, sample.digest);
      assert.ok(proxy.requests.every(({ line }) => line.includes(" http://registry.example.com/v2/a/")));
    }),
  ));

test("NO_PROXY and this machine are reached directly", () =>
  withProxy({}, async (proxy, registry) => {
    const proxies = { HTTP_PROXY: proxy.host, HTTPS_PROXY: proxy.host };
    await withEnvironment({ ...proxies, NO_PROXY: ".invalid,other.example.com" }, async () => {
      await push(sample, [`${registry.host}/a:1`]);
      const direct = { code: "REGISTRY_UNREACHABLE", message: /does not resolve/ };
      await assert.rejects(pull("registry.invalid/a:1", plain), direct);
      assert.deepEqual(proxy.requests, []);
      assert.equal((await pull(ref, plain)).digest, sample.digest);
      assert.ok(proxy.requests.length > 0);
    });
  }));

test("a proxy that refuses is named as such, and its password is not", () =>
  withProxy({ tls, user: "me:pr0xy-word" }, (proxy) =>
    withEnvironment({ HTTPS_PROXY: `http://me:wrong-word@${proxy.host}` }, async () => {
      await assert.rejects(pull(ref, overTls), (error: Error & { code: string; hint: string }) => {
        assert.equal(error.code, "REGISTRY_UNREACHABLE");
        assert.match(error.message, /behind a proxy that refused the connection \(407\)/);
        assert.match(error.hint, /HTTPS_PROXY/);
        assert.doesNotMatch(show(error, { depth: 20, showHidden: true }), /wrong-word/);
        return true;
      });
    }),
  ));

test("a proxy that is no URL is refused without repeating it", () =>
  withEnvironment({ HTTPS_PROXY: "socks5://me:pr0xy-word@host" }, async () => {
    await assert.rejects(pull(ref), (error: Error & { code: string }) => {
      assert.equal(error.code, "OPTION_INVALID");
      assert.match(error.message, /HTTPS_PROXY/);
      assert.doesNotMatch(error.message, /pr0xy-word/);
      return true;
    });
  }));

test("a client certificate opens a registry that asks for one", async () => {
  const registry = await startRegistry({ tls: { ...tls, clientCa: tls.cert } });
  const target = `${registry.host}/a:1`;
  const trusted: RemoteOptions = { plainHttp: false, caFile: certFile, retries: 0 };
  try {
    await assert.rejects(push(sample, [target], trusted), { code: /TLS_FAILED|REGISTRY_UNREACHABLE/ });
    const known = { ...trusted, clientCertificate: { certFile, keyFile } };
    await push(sample, [target], known);
    assert.equal((await pull(target, known)).digest, sample.digest);
  } finally {
    await registry.close();
  }
});

test("client certificates that cannot be used are refused", async () => {
  const refused = (clientCertificate: { certFile: string; keyFile: string }, message: RegExp) =>
    assert.rejects(pull(ref, { clientCertificate }), { code: "OPTION_INVALID", message });
  await refused(
    { certFile: "/none.crt", keyFile },
    /client certificate \/none\.crt cannot be read \(ENOENT\)/,
  );
  await refused({ certFile, keyFile: certFile }, /client key .* holds no PEM private key/);
});
