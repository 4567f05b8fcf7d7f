import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { requireEnvoy } from "../parts/envoy.js";
import { buildWith, compilers, versionOf } from "./compilers.js";
import { type BuiltFilter, type Engine, type HttpOutcome, valuesOf } from "./engines/engine.js";
import { envoyEngine } from "./engines/envoy.js";
import { hostEngine } from "./engines/host.js";
import { helloCases } from "./tables/hello.js";
import type { HttpCase } from "./tables/http-case.js";
import { minimalCases } from "./tables/minimal.js";
import { probeCases } from "./tables/probe.js";
import { tcpProbeCases } from "./tables/tcp-probe.js";
import { worldCases } from "./tables/world.js";

const filters = [
  { dir: "examples/hello", http: helloCases },
  { dir: "test/e2e/filters/minimal", http: minimalCases },
  { dir: "test/e2e/filters/probe", http: probeCases },
  { dir: "test/e2e/filters/world", http: worldCases },
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
  for (const { dir, http = [], tcp = [] } of filters) {
    describe(`${dir} by assemblyscript ${versionOf(compiler)}`, () => {
      let filter: BuiltFilter;
      before(async () => {
        filter = await buildWith(compiler, dir);
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
            it(testCase.name, async () => {
              const outcome = await engine.tcp(testCase);
              assert.deepEqual(
                outcome.steps,
                testCase.steps.map(({ client, upstream }) => ({ client, upstream })),
              );
              assert.equal(outcome.closed, testCase.closed ?? false, "closed by the proxy");
              if (testCase.logs) assert.deepEqual(outcome.logs, testCase.logs);
            });
          }
        });
      }
    });
  }
}

function checkHttp(outcome: HttpOutcome, { expect }: HttpCase): void {
  const shown = JSON.stringify(outcome, null, 2);
  assert.equal(outcome.status, expect.status, shown);
  for (const [name, values] of Object.entries(expect.response ?? {})) {
    assert.deepEqual(valuesOf(outcome.response, name), values, `response header ${name} in ${shown}`);
  }
  if (expect.body !== undefined) assert.equal(outcome.body, expect.body, shown);
  if (expect.upstream === null) assert.equal(outcome.upstream, null, "the upstream must not see the request");
  else assert.ok(outcome.upstream, `the upstream saw no request: ${shown}`);
  for (const [name, values] of Object.entries(expect.upstream ?? {})) {
    assert.deepEqual(
      valuesOf(outcome.upstream?.headers ?? [], name),
      values,
      `upstream header ${name} in ${shown}`,
    );
  }
  if (expect.upstreamPath !== undefined) assert.equal(outcome.upstream?.path, expect.upstreamPath, shown);
  if (expect.upstreamBody !== undefined) assert.equal(outcome.upstream?.body, expect.upstreamBody, shown);
  if (expect.callee) assert.deepEqual(outcome.callee, expect.callee, shown);
  if (expect.logs) assert.deepEqual(outcome.logs, expect.logs);
}
