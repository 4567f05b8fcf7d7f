import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { requireEnvoy } from "../parts/envoy.js";
import { buildRust, requireRust } from "../parts/rust.js";
import { checkHttp, checkTcp } from "./check.js";
import type { Engine } from "./engines/engine.js";
import { envoyEngine } from "./engines/envoy.js";
import { hostEngine } from "./engines/host.js";
import { rustHttpCases, rustTcpCases } from "./tables/rust.js";

const skipRust = await requireRust();
const engines = [
  { name: "in-process host", start: hostEngine, skip: skipRust },
  { name: "Envoy", start: envoyEngine, skip: skipRust || (await requireEnvoy()) },
];

for (const { name, start, skip } of engines) {
  describe(`filters of the Rust SDK in the ${name}`, { skip }, () => {
    let wasm: Uint8Array;
    const running: Engine[] = [];
    const open = async (kind: "http" | "network") => {
      const engine = await start({ wasm, rootId: "rust", kind });
      running.push(engine);
      return engine;
    };
    let [http, tcp]: [Engine?, Engine?] = [];
    before(async () => {
      wasm = await buildRust(fileURLToPath(new URL("rust", import.meta.url)), "meshwasm-rust-probe");
      http = await open("http");
      tcp = await open("network");
    });
    after(() => Promise.all(running.map((engine) => engine.close())));
    for (const testCase of rustHttpCases) {
      it(testCase.name, async () => checkHttp(await http!.http(testCase), testCase));
    }
    for (const testCase of rustTcpCases) {
      it(testCase.name, async () => checkTcp(await tcp!.tcp(testCase), testCase));
    }
  });
}
