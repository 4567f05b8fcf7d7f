import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, test } from "node:test";
import { Host } from "@meshwasm/sdk/host";
import { compileFilter } from "./compile-snippet.js";
import { httpFilter, imports } from "./filters.js";
import { long } from "./random.js";

const page = 64 * 1024;
const exchanges = 100_000 * long;
const hello = readFileSync(new URL("../../examples/hello/assembly/index.ts", import.meta.url), "utf8");

for (const runtime of ["minimal", "incremental"]) {
  describe(`memory of the hello filter with the ${runtime} runtime`, () => {
    let host: Host;
    before(async () => {
      const wasm = await compileFilter(hello, { args: ["--runtime", runtime] });
      host = new Host(wasm, { rootId: "hello", transcript: false }).start();
    });

    test("stays in its first pages over 100,000 exchanges", () => {
      for (let i = 0; i < 100_000; i++) host.exchange();
      assert.equal(host.counter("hello.greeted"), 100_000n);
      assert.ok(host.memorySize <= 4 * page, `${host.memorySize / page} pages`);
    });

    test(`is after ${exchanges} exchanges beside 200 live streams what it was after 10,000`, () => {
      const live = Array.from({ length: 200 }, () => host.http().requestHeaders());
      for (let i = 0; i < 10_000; i++) host.exchange();
      const settled = host.memorySize;
      for (let i = 10_000; i < exchanges; i++) host.exchange();
      assert.equal(host.memorySize, settled);
      for (const stream of live) stream.responseHeaders();
      for (const { exchange } of live) assert.ok(exchange.done);
    });

    test("comes back to use after 10,000 live streams", () => {
      const wave = () => {
        const streams = Array.from({ length: 10_000 }, () => host.http().requestHeaders());
        for (const stream of streams) stream.responseHeaders();
        for (const { exchange } of streams) assert.ok(exchange.done);
        return host.memorySize;
      };
      // The first waves settle when the collector is due: with how much alive, that is its pace.
      for (let i = 0; i < 16; i++) wave();
      const settled = host.memorySize;
      for (let i = 0; i < 5; i++) assert.equal(wave(), settled);
      assert.equal(host.contextIds.length, 2);
      assert.ok(settled <= 32 * page, `${settled / page} pages`);
    });
  });
}

describe("memory", () => {
  /** Runs exchanges and says how large the guest's memory became. */
  const pagesAfter = (host: Host, exchanges: number, header: string) => {
    for (let i = 0; i < exchanges; i++)
      assert.equal(host.exchange({ headers: { "x-large": header } }).response.status, 200);
    return host.memorySize / page;
  };
  const large = "v".repeat(60_000);

  test("stays bounded when each request decodes 60 kB", async () => {
    const wasm = await compileFilter(
      httpFilter(`  onRequestHeaders(headers: RequestHeaders, end: bool): Action {
        const text = headers.get("x-large");
        const bytes = headers.getBytes("x-large");
        const all = headers.all();
        return text && bytes && text.length == bytes.length && all.length > 3 ? Action.Continue : Action.Pause;
      }`),
    );
    const host = new Host(wasm, { rootId: "tested", transcript: false });
    const first = pagesAfter(host, 100, large);
    assert.equal(pagesAfter(host, 2_000, large), first);
    assert.ok(first <= 32, `${first} pages`);
  });

  test("stays bounded when the filter itself makes the garbage", async () => {
    const wasm = await compileFilter(
      httpFilter(`  onRequestHeaders(headers: RequestHeaders, end: bool): Action {
        let bytes: Uint8Array | null = null;
        for (let i = 0; i < 10; i++) bytes = new Uint8Array(20000);
        const text = "a".repeat(10000) + bytes!.length.toString();
        return text.length == 10005 ? Action.Continue : Action.Pause;
      }`),
    );
    const host = new Host(wasm, { rootId: "tested", transcript: false });
    const first = pagesAfter(host, 100, "");
    assert.equal(pagesAfter(host, 2_000, ""), first);
    assert.ok(first <= 32, `${first} pages`);
  });

  test("takes a configuration of 1 MiB, again and again", async () => {
    const wasm = await compileFilter(`${imports}
      class Root extends RootContext {
        names: i32 = 0;
        onConfigure(configuration: PluginConfiguration): bool {
          const json = configuration.json();
          this.names = json.get("names").length;
          return configuration.text().length == configuration.size && json.get("names").at(9).asString() == "name 9";
        }
      }
      class Tested extends HttpFilter<Root> {
        onResponseHeaders(headers: ResponseHeaders, end: bool): Action {
          headers.set("x-names", this.root.names.toString());
          return Action.Continue;
        }
      }
      registerHttpFilter<Tested, Root>("tested");`);
    const names = Array.from({ length: 100_000 }, (_, index) => `name ${index}`);
    const pluginConfig = { names };
    assert.ok(JSON.stringify(pluginConfig).length > 1024 * 1024);
    const host = new Host(wasm, { rootId: "tested", pluginConfig, transcript: false });
    assert.equal(host.exchange().response.headers.get("x-names"), "100000");
    for (let i = 0; i < 3; i++) assert.ok(host.configure(pluginConfig));
    const settled = host.memorySize;
    for (let i = 0; i < 5; i++) assert.ok(host.configure(pluginConfig));
    assert.equal(host.exchange().response.headers.get("x-names"), "100000");
    assert.ok(host.memorySize <= settled, `${settled / page} to ${host.memorySize / page} pages`);
  });
});
