import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { failureReason } from "./failure-reason.js";
import { type EnvoyLogLine, LogRing, parseLogLine } from "./log-line.js";

const wasmLine = (message: string) => JSON.stringify({ level: "info", logger: "wasm", message });

describe("parseLogLine", () => {
  it("strips Envoy's prefix from what the filter logged", () => {
    for (const prefix of ["plugin my:root", "my:root", "plugin"]) {
      const entry = parseLogLine(wasmLine(`wasm log ${prefix}: a: b\nc`), "plugin", "my:root");
      assert.equal(entry.filterMessage, "a: b\nc", prefix);
    }
    assert.equal(parseLogLine(wasmLine("wasm log: "), "plugin", "").filterMessage, "");
  });

  it("keeps Envoy's own words apart, and what is no log entry as it is", () => {
    assert.equal(parseLogLine(wasmLine("Plugin x failed to load"), "x", "x").filterMessage, undefined);
    for (const line of ["cannot bind", "{", "[1]", "null"]) {
      assert.deepEqual(parseLogLine(line, "x", "x"), { level: "error", logger: "", message: line });
    }
  });
});

describe("LogRing", () => {
  it("keeps the last entries and finds those after a mark", () => {
    const ring = new LogRing(3);
    const push = (message: string) => ring.push({ level: "info", logger: "wasm", message });
    for (const message of ["a", "b", "c"]) push(message);
    const mark = ring.total;
    assert.deepEqual(ring.since(mark), []);
    for (const message of ["d", "e"]) push(message);
    const words = (entries: EnvoyLogLine[]) => entries.map((entry) => entry.message).join("");
    assert.equal(words(ring.all()), "cde");
    assert.equal(words(ring.since(mark)), "de");
    assert.equal(words(ring.since(0)), "cde");
  });
});

describe("failureReason", () => {
  const own = (message: string): EnvoyLogLine => ({ level: "error", logger: "wasm", message });
  it("takes the cause, not the consequences", () => {
    assert.equal(
      failureReason([
        own("Wasm VM failed Failed to configure base Wasm plugin"),
        own("Plugin x failed to load"),
      ]),
      "Failed to configure base Wasm plugin",
    );
    assert.equal(
      failureReason([
        own("Function: proxy_on_vm_start failed: trap\nbacktrace:\n 0"),
        own("x failed to load"),
      ]),
      "Function: proxy_on_vm_start failed: trap",
    );
  });
  it("says so when there is nothing to say", () => {
    assert.match(failureReason([]), /no reason/);
    assert.match(failureReason([{ level: "info", logger: "wasm", message: "fine" }]), /no reason/);
  });
});
