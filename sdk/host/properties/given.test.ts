import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Host } from "../host.js";
import type { HostOptions } from "../options.js";
import { messages } from "../testing/assertions.js";
import { probeModule } from "../testing/probe.js";

const asked = (properties: HostOptions["properties"], ...paths: string[]) => {
  const steps = paths.map((path) => ({ do: "property" as const, path: path.split(".") }));
  const wasm = probeModule({ request_headers: { steps } });
  const host = new Host(wasm, { properties: properties ?? {} });
  return messages(host.exchange().logs).slice(1);
};

describe("properties that a test gives", () => {
  it("are found by their path, or below an object or a list that is given", () => {
    const metadata = { team: "blue", teams: ["blue", { name: "grün" }] };
    assert.deepEqual(
      asked(
        { "xds.node.metadata": metadata },
        "xds.node.metadata.team",
        "xds.node.metadata.teams.1.name",
        "xds.node.metadata.x",
      ),
      ["xds.node.metadata.team=0:blue", "xds.node.metadata.teams.1.name=0:grün", "xds.node.metadata.x=1"],
    );
  });

  it("win over the host's own, and a longer path over a shorter one", () => {
    assert.deepEqual(
      asked(
        { request: { path: "/short", query: "given" }, "request.path": "/long" },
        "request.path",
        "request.query",
        "request.method",
      ),
      ["request.path=0:/long", "request.query=0:given", "request.method=0:GET"],
    );
  });

  it("may be bytes; null is there and has none", () => {
    assert.deepEqual(asked({ a: Buffer.from("\u00e4"), b: null, c: { d: null } }, "a", "b", "c", "c.d"), [
      "a=0:ä",
      "b=3",
      "c=3",
      "c.d=3",
    ]);
  });
});
