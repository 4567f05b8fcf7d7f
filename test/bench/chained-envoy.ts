import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { typeUrl } from "../../cli/src/envoy/clusters.js";
import { wasmTypeUrl } from "../../cli/src/envoy/extension-config.js";
import { type RunningEnvoy, startEnvoy } from "../../cli/src/envoy/process.js";
import { testFilter } from "../../cli/src/envoy/test-filter.js";
import type { FilterKind } from "../../cli/src/filter/manifest.js";

/** Copies of one filter in one chain. */
export interface Chain {
  /** The module; a text: a script for Envoy's Lua filter. Absent: no copies. */
  filter?: Uint8Array | string;
  rootId?: string;
  config?: string;
  /** What the route answers by itself, so that no upstream is measured; for a network filter: where its bytes go. */
  body: string;
  /** Absent: `http`. */
  kind?: FilterKind;
}

/** How many copies a chain has. */
export const copies = 16;

/** An Envoy with a chain, which goes with it. */
export interface ChainedEnvoy {
  envoy: RunningEnvoy;
  stop(): Promise<void>;
}

/** Starts an Envoy of one worker with the copies and one filter that does nothing, before what `body` says. */
export async function startChain(chain: Chain): Promise<ChainedEnvoy> {
  const folder = await mkdtemp(join(tmpdir(), "meshwasm-chain-"));
  const file = join(folder, "filter.wasm");
  const { filter, kind = "http" } = chain;
  if (filter instanceof Uint8Array) await writeFile(file, filter);
  const one = (index: number) => (typeof filter === "string" ? lua(filter, index) : wasm(chain, file, index));
  const all = filter === undefined ? [] : Array.from({ length: copies }, (_, index) => one(index));
  const envoy = await startEnvoy({
    wasm: testFilter({}),
    kind,
    upstream: kind === "network" ? chain.body : "http://127.0.0.1:1",
    amend: (document) => withChain(document, all, chain),
  });
  return {
    envoy,
    async stop() {
      await envoy.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: Envoy's bootstrap, which is a tree of its own.
function withChain(document: any, all: object[], { body, kind }: Chain): object {
  const { filters } = document.static_resources.listeners[0].filter_chains[0];
  if (kind === "network") {
    filters.unshift(...all);
    return document;
  }
  const [{ typed_config: manager }] = filters;
  manager.http_filters.unshift(...all);
  const direct_response = { status: 200, body: { inline_string: body } };
  manager.route_config.virtual_hosts[0].routes = [{ match: { prefix: "/" }, direct_response }];
  return document;
}

function wasm({ rootId = "", config = "", kind = "http" }: Chain, filename: string, index: number): object {
  return {
    name: `copy-${index}`,
    typed_config: {
      "@type": wasmTypeUrl(kind),
      config: {
        name: "copy",
        root_id: rootId,
        vm_config: { vm_id: "copies", runtime: "envoy.wasm.runtime.v8", code: { local: { filename } } },
        configuration: { "@type": "type.googleapis.com/google.protobuf.StringValue", value: config },
      },
    },
  };
}

function lua(script: string, index: number): object {
  return {
    name: `copy-${index}`,
    typed_config: {
      "@type": typeUrl("extensions.filters.http.lua.v3.Lua"),
      default_source_code: { inline_string: script },
    },
  };
}
