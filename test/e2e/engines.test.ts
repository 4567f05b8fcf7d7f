import { after, before, describe, it } from "node:test";
import { requireEnvoy } from "../parts/envoy.js";
import { checkHttp, checkTcp } from "./check.js";
import { buildWith, compilers, versionOf } from "./compilers.js";
import type { BuiltFilter, Engine } from "./engines/engine.js";
import { envoyEngine } from "./engines/envoy.js";
import { hostEngine } from "./engines/host.js";
import { attributesCases, options as attributesOptions } from "./tables/attributes.js";
import { extrasCases, options as extrasOptions } from "./tables/extras.js";
import { foreignCases } from "./tables/foreign.js";
import { grpcCases } from "./tables/grpc.js";
import { helloCases } from "./tables/hello.js";
import { minimalCases } from "./tables/minimal.js";
import { probeCases } from "./tables/probe.js";
import { tcpProbeCases } from "./tables/tcp-probe.js";
import { togetherCases } from "./tables/together.js";
import { worldCases } from "./tables/world.js";

const filters = [
  { dir: "examples/hello", http: helloCases },
  { dir: "test/e2e/filters/minimal", http: minimalCases },
  { dir: "test/e2e/filters/probe", http: probeCases },
  { dir: "test/e2e/filters/world", http: worldCases },
  { dir: "test/e2e/filters/grpc", http: grpcCases },
  { dir: "test/e2e/filters/together", http: togetherCases },
  { dir: "test/e2e/filters/attributes", http: attributesCases, options: attributesOptions },
  { dir: "test/e2e/filters/foreign", http: foreignCases },
  { dir: "test/e2e/filters/extras", http: extrasCases, options: extrasOptions },
  { dir: "test/e2e/filters/tcp-probe", tcp: tcpProbeCases },
];
const engines: {
  name: string;
  start: (filter: BuiltFilter) => Engine | Promise<Engine>;
  skip: string | false;
}[] = [
  { name: "in-process host", start: hostEngine, skip: false },
  { name: "Envoy", start: envoyEngine, skip: await requireEnvoy() },
];

for (const compiler of compilers) {
  for (const { dir, http = [], tcp = [], options = {} } of filters) {
    describe(`${dir} by assemblyscript ${versionOf(compiler)}`, () => {
      let filter: BuiltFilter;
      before(async () => {
        filter = { ...(await buildWith(compiler, dir)), ...options };
      });
      for (const { name, start, skip } of engines) {
        describe(`in the ${name}`, { skip }, () => {
          let engine: Engine;
          before(async () => {
            engine = await start(filter);
          });
          after(() => engine?.close());
          for (const testCase of http) {
            it(testCase.name, async () => checkHttp(await engine.http(testCase), testCase));
          }
          for (const testCase of tcp) {
            it(testCase.name, async () => checkTcp(await engine.tcp(testCase), testCase));
          }
        });
      }
    });
  }
}
