import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startEnvoy } from "../../cli/src/envoy/process.js";
import { testFilter } from "../../cli/src/envoy/test-filter.js";
import { importCases } from "../../cli/src/import/import-cases.js";
import { Output } from "../../cli/src/output.js";
import { startHttpEcho } from "../../cli/src/run/echo-upstream.js";
import { runTests } from "../../cli/src/test/run-tests.js";
import { requireEnvoy } from "../parts/envoy.js";
import { type Cleanup, filterFolder, temporaryFolder } from "./filter-folder.js";

interface Bootstrap {
  static_resources: {
    listeners: { filter_chains: { filters: { typed_config: { http_filters: object[] } }[] }[] }[];
  };
}

/** What the tap filter of a real Envoy writes about three exchanges with an echo. */
async function tapped(t: Cleanup, format: string, streaming: boolean): Promise<string[]> {
  const folder = await temporaryFolder(t);
  const echo = await startHttpEcho();
  t.after(() => echo.close());
  const sinks = [{ format, file_per_tap: { path_prefix: join(folder, "tap") } }];
  const tap = {
    name: "tap",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.tap.v3.Tap",
      common_config: {
        static_config: {
          match: { any_match: true },
          output_config: { streaming, max_buffered_rx_bytes: 65_536, max_buffered_tx_bytes: 65_536, sinks },
        },
      },
    },
  };
  const envoy = await startEnvoy({
    wasm: testFilter(),
    upstream: echo.url,
    amend(document) {
      const { listeners } = (document as Bootstrap).static_resources;
      listeners[0]?.filter_chains[0]?.filters[0]?.typed_config.http_filters.splice(1, 0, tap);
      return document;
    },
  });
  t.after(() => envoy.stop());
  const requests: [string, RequestInit][] = [
    ["/get?a=1", { headers: { authorization: "Bearer v3ry-secret" } }],
    ["/text", { method: "POST", body: "ä text" }],
    ["/bytes", { method: "PUT", body: new Uint8Array([0, 255]) }],
  ];
  for (const [path, init] of requests) await (await fetch(`${envoy.url}${path}`, init)).text();
  // Envoy closes a file a moment after its exchange.
  for (let left = 200; left > 0; left--) {
    const names = await readdir(folder);
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
    if (texts.length === requests.length && texts.every((text) => text.trimEnd().endsWith("}")))
      return names.map((name) => join(folder, name));
    await sleep(50);
  }
  return assert.fail("Envoy wrote no traces");
}

describe("what the tap filter of a real Envoy writes", { skip: await requireEnvoy() }, () => {
  for (const format of ["JSON_BODY_AS_BYTES", "JSON_BODY_AS_STRING"]) {
    for (const streaming of [false, true]) {
      it(`becomes cases that pass: ${format}, ${streaming ? "streamed" : "buffered"}`, async (t) => {
        const files = await tapped(t, format, streaming);
        const folder = await filterFolder(t, { files: { "assembly/__tests__": null, test: null } });
        const said: string[] = [];
        const options = { output: join(folder, "test", "tapped"), filter: folder };
        const document = await importCases(files, { ...options, onWarning: (line) => said.push(line) });
        assert.deepEqual([document.files.length, said], [3, []]);
        const texts = await Promise.all(document.files.map((path) => readFile(path, "utf8")));
        const all = texts.join("\n");
        assert.ok(!all.includes("v3ry-secret"), all);
        assert.match(all, /authorization: Bearer \*{11}\n/);
        assert.match(all, /x-hello: world/);
        assert.match(all, /body:\s+(?:- )?ä text/);
        // As text, bytes that are none are lost in Envoy already.
        if (format === "JSON_BODY_AS_BYTES") assert.match(all, /base64: AP8=/);
        const summary = await runTests(folder, new Output({ quiet: true }));
        assert.deepEqual(summary.cases, { files: 3, passed: 3, failed: 0, skipped: 0 });
      });
    }
  }
});
