import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bootstrap } from "./bootstrap.js";
import { extensionConfig } from "./extension-config.js";

const plugin = { kind: "http", wasm: "/m.wasm", rootId: "root", pluginName: "name", version: "1" } as const;
const configuration = (config?: string | Uint8Array) => {
  const document = extensionConfig({ ...plugin, ...(config === undefined ? {} : { config }) });
  return JSON.parse(JSON.stringify(document)).resources[0].typed_config.config.configuration;
};

describe("extensionConfig", () => {
  it("passes text as Istio does, and other bytes without a loss", () => {
    const stringValue = { "@type": "type.googleapis.com/google.protobuf.StringValue", value: '{"a":"ä"}' };
    assert.deepEqual(configuration('{"a":"ä"}'), stringValue);
    assert.deepEqual(configuration(Buffer.from('{"a":"ä"}')), stringValue);
    assert.deepEqual(configuration(Uint8Array.of(0xff, 0)), {
      "@type": "type.googleapis.com/google.protobuf.BytesValue",
      value: "/wA=",
    });
    assert.equal(configuration(""), undefined);
    assert.equal(configuration(), undefined);
  });
});

describe("bootstrap", () => {
  const options = {
    kind: "network",
    listen: { host: "127.0.0.1", port: 0 },
    upstream: { host: "127.0.0.1", port: 1, tls: false },
    extensionConfigPath: "/e.json",
  } as const;

  it("is the same for the same options", () => {
    assert.deepEqual(bootstrap(options), bootstrap(options));
  });

  it("checks the certificate of a TLS upstream for its name", () => {
    const upstream = { host: "example.test", port: 443, tls: true };
    const text = JSON.stringify(bootstrap({ ...options, upstream, caFile: "/ca.pem" }));
    for (const part of ['"sni":"example.test"', '"exact":"example.test"', '"filename":"/ca.pem"']) {
      assert.ok(text.includes(part), part);
    }
  });

  it("has a cluster for each further name", () => {
    const clusters = [{ name: "auth", host: "auth.test", port: 80, http2: true }];
    const document = JSON.parse(JSON.stringify(bootstrap({ ...options, clusters })));
    const names = document.static_resources.clusters.map((each: { name: string }) => each.name);
    assert.deepEqual(names, ["upstream", "auth"]);
  });
});
