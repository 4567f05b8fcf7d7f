import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { Host } from "@meshwasm/sdk/host";
import { buildFilter } from "../../cli/src/build/build.js";
import { readModuleInfo } from "../../cli/src/build/module-info.js";
import { loadFilter } from "../../cli/src/filter/load.js";
import { envoyImport } from "../../sdk/host/module/signatures.js";
import { compileFilter, compilers, filterFolder } from "./compile-snippet.js";
import { imports } from "./filters.js";

/** What is exported is settled before the optimizer runs. */
const quick = ["--optimizeLevel", "0", "--shrinkLevel", "0"];

/** What every module of the SDK exports. */
const always = [
  "_initialize",
  "memory",
  "proxy_abi_version_0_2_1",
  "proxy_on_configure",
  "proxy_on_context_create",
  "proxy_on_delete",
  "proxy_on_memory_allocate",
  "proxy_on_vm_start",
];

interface Case {
  source: string;
  /** The callbacks beside `always`. */
  callbacks: string[];
}

const cases: Record<string, Case> = {
  "a filter that overrides nothing": {
    source: `${imports} class A extends HttpFilter {} registerHttpFilter<A>("tested");`,
    callbacks: [],
  },
  "an unused class that overrides everything": {
    source: `${imports}
      class Tested extends HttpFilter {
        onResponseHeaders(headers: ResponseHeaders, end: bool): Action { headers.set("x-a", "1"); return Action.Continue; }
      }
      class Unused extends Tested {
        onRequestHeaders(headers: RequestHeaders, end: bool): Action { return Action.Pause; }
        onLog(): void { log.info("unused"); }
      }
      export function make(): void { new Unused(); }
      registerHttpFilter<Tested>("tested");`,
    callbacks: ["make", "proxy_on_response_headers"],
  },
  "an override in a class between": {
    source: `${imports}
      class Base extends HttpFilter {
        onRequestHeaders(headers: RequestHeaders, end: bool): Action { headers.set("x-base", "1"); return Action.Continue; }
      }
      class Middle extends Base {}
      class Tested extends Middle {
        onResponseHeaders(headers: ResponseHeaders, end: bool): Action { headers.set("x-a", "1"); return Action.Continue; }
      }
      registerHttpFilter<Tested>("tested");`,
    callbacks: ["proxy_on_request_headers", "proxy_on_response_headers"],
  },
  "overrides in the root context alone": {
    source: `${imports}
      class Root extends RootContext {
        onStart(): bool { return true; }
        onDone(): void { log.info("done"); }
        onDelete(): void { log.info("deleted"); }
      }
      class Tested extends HttpFilter<Root> {}
      registerHttpFilter<Tested, Root>("tested");`,
    callbacks: ["proxy_on_done"],
  },
  "a network filter": {
    source: `${imports}
      class Tested extends NetworkFilter {
        onNewConnection(): Action { return Action.Continue; }
        onDownstreamData(data: StreamData, size: u32, end: bool): Action { data.prepend(">"); return Action.Continue; }
        onUpstreamClose(peer: PeerType): void {}
      }
      registerNetworkFilter<Tested>("tested");`,
    callbacks: ["proxy_on_downstream_data", "proxy_on_new_connection", "proxy_on_upstream_connection_close"],
  },
  "two filters in one module": {
    source: `${imports}
      class Other extends NetworkFilter {
        onDownstreamClose(peer: PeerType): void {}
      }
      class Tested extends HttpFilter {
        onResponseHeaders(headers: ResponseHeaders, end: bool): Action { headers.set("x-a", "1"); return Action.Continue; }
        onLog(): void {}
      }
      registerNetworkFilter<Other>("other");
      registerHttpFilter<Tested>("tested");`,
    callbacks: ["proxy_on_downstream_connection_close", "proxy_on_log", "proxy_on_response_headers"],
  },
};

for (const compiler of Object.keys(compilers) as (keyof typeof compilers)[]) {
  describe(`exports, built by ${compilers[compiler]}`, () => {
    for (const [name, { source, callbacks }] of Object.entries(cases)) {
      test(name, async () => {
        const wasm = await compileFilter(source, { compiler, args: quick });
        assert.deepEqual(readModuleInfo(wasm).exports.sort(), [...always, ...callbacks].sort());
        const host = new Host(wasm, { rootId: "tested" }).start();
        if (source.includes('registerHttpFilter<Tested>("tested")')) {
          const { response, request } = host.exchange();
          assert.equal(response.headers.get("x-a"), "1");
          assert.equal(request?.headers.get("x-base"), source.includes("x-base") ? "1" : null);
        }
        if (source.includes('registerNetworkFilter<Tested>("tested")')) {
          assert.equal(host.tcp().downstreamData("a").upstream.text(), ">a");
        }
        host.close();
        assert.equal(host.failure, undefined);
      });
    }
  });
}

test("the newest compiler too refuses an import that Envoy lacks", async () => {
  const source = `${imports}\nconsole.warn("hello");`;
  await assert.rejects(
    compileFilter(source, { compiler: "newest", args: quick }),
    /assembly\/index\.ts:5:1: console\.warn needs env\.console\.warn/,
  );
});

test("buildFilter exports the same", async () => {
  const { source, callbacks } = cases["two filters in one module"]!;
  const dir = filterFolder(source, { extends: "@meshwasm/sdk/asconfig.json" });
  try {
    writeFileSync(
      join(dir, "filter.yaml"),
      "name: tested\nversion: 1.0.0\nkind: http\ndescription: A test.\n",
    );
    const built = await buildFilter(await loadFilter(dir), { out: join(dir, "build", "filter.wasm") });
    assert.deepEqual(built.exports.sort(), [...always, ...callbacks].sort());
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test("two builds at once do not mix up their classes", async () => {
  const both = ["an override in a class between", "a network filter"].map((name) => cases[name]!);
  const built = await Promise.all(both.map(({ source }) => compileFilter(source, { args: quick })));
  for (const [index, { callbacks }] of both.entries()) {
    assert.deepEqual(readModuleInfo(built[index]!).exports.sort(), [...always, ...callbacks].sort());
  }
});

describe("imports", () => {
  let wasm: Uint8Array;
  before(async () => {
    wasm = await compileFilter(`${imports}
      const seen = new Map<string, i32>();
      const order = new Set<i32>();
      class Tested extends HttpFilter {
        onRequestHeaders(headers: RequestHeaders, end: bool): Action {
          const path = headers.get(":path");
          const all = headers.all();
          if (path == "/assert") assert(all.length == 0, "an assertion");
          if (path == "/throw") throw new Error("a throw");
          if (path == "/map") return seen.get("absent");
          if (path == "/index") return [1, 2, 3][all.length];
          seen.set(path!, all.length);
          order.add(path!.length);
          headers.set("x-sum", (Math.sqrt(all.length) + parseFloat("1.5")).toString() + path!.split("/").join("-"));
          return Action.Continue;
        }
      }
      registerHttpFilter<Tested>("tested");`);
  });

  test("are functions of Envoy's, whatever of the standard library is used", () => {
    for (const each of WebAssembly.Module.imports(new WebAssembly.Module(wasm as Uint8Array<ArrayBuffer>))) {
      assert.equal(each.kind, "function");
      assert.ok(envoyImport("0.2.1", each.module, each.name), `${each.module}.${each.name}`);
    }
  });

  test("none is there that nobody calls", () => {
    const used = [
      "get_header_map_pairs",
      "get_header_map_value",
      "get_property",
      "log",
      "replace_header_map_value",
    ];
    assert.deepEqual(
      readModuleInfo(wasm).imports.sort(),
      used.map((name) => `env.proxy_${name}`),
    );
  });

  for (const [path, message] of [
    ["/assert", /^abort: an assertion at assembly\/index\.ts:11:\d+$/],
    ["/throw", /^abort: a throw at assembly\/index\.ts:12:\d+$/],
    ["/map", /^abort: Key does not exist at ~lib\/map\.ts:\d+:\d+$/],
    ["/index", /^abort: Index out of range at ~lib\/array\.ts:\d+:\d+$/],
  ] as const) {
    test(`${path} logs its place before it traps`, () => {
      const host = new Host(wasm, { rootId: "tested" });
      assert.equal(host.exchange({ path: "/fine" }).response.status, 200);
      assert.equal(host.exchange({ path }).response.status, 503);
      const logged = host.logs.filter(({ level }) => level === "critical").map(({ message }) => message);
      assert.match(logged[0]!, message);
    });
  }
});
