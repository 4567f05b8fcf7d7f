import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { root } from "../../scripts/api/read.js";
import { checkHttp, checkTcp } from "../e2e/check.js";
import { envoyEngine } from "../e2e/engines/envoy.js";
import { hostEngine } from "../e2e/engines/host.js";
import type { HttpCase } from "../e2e/tables/http-case.js";
import type { TcpCase } from "../e2e/tables/tcp-probe.js";
import { requireEnvoy } from "../parts/envoy.js";
import { compileFilter } from "./compile-snippet.js";

// The guide's examples are real: each block "ts filter" of sdk/docs is a whole filter, which is compiled and run in the
// in-process host and in Envoy; the blocks "json outcome" behind it are what must come of it, as in test/e2e/tables.

const docs = join(root, "sdk", "docs");
const topics = [
  ...["callouts", "configuration", "crypto-and-jwt", "grpc", "http", "json", "matching", "metrics"],
  ...["network", "properties", "shared-data", "strings-and-bytes", "timers"],
].map((topic) => `${topic}.md`);
const pages = (await readdir(docs)).filter((name) => name.endsWith(".md"));
const quick = ["--optimizeLevel", "0", "--shrinkLevel", "0"];

const engines = [
  { name: "the in-process host", start: hostEngine, skip: false },
  { name: "Envoy", start: envoyEngine, skip: await requireEnvoy() },
] as const;

type Outcome = HttpCase | TcpCase;

test("every topic has its page, of less than 100 lines, with an example", async () => {
  for (const page of topics) {
    assert.ok(pages.includes(page), page);
    const text = await readFile(join(docs, page), "utf8");
    assert.ok(text.split("\n").length <= 100, `${page} is too long`);
    assert.ok(examplesOf(text).length > 0, `${page} has no example`);
  }
});

for (const page of pages) {
  const examples = examplesOf(await readFile(join(docs, page), "utf8"));
  if (examples.length === 0) continue;
  describe(`sdk/docs/${page}`, () => {
    for (const [index, { source, outcomes }] of examples.entries()) {
      describe(`example ${index + 1}`, () => {
        const firstConfig = outcomes[0]?.config ?? "";
        const kind = source.includes("registerNetworkFilter") ? "network" : "http";
        let wasm: Uint8Array;
        before(async () => {
          wasm = await compileFilter(source, { args: quick });
        });
        for (const { name, start, skip } of engines) {
          test(`does in ${name} what the page says`, { skip }, async (t) => {
            assert.ok(outcomes.length > 0, "it says nothing");
            const engine = await start({ wasm, rootId: "", kind, firstConfig });
            t.after(() => engine.close());
            for (const outcome of outcomes) {
              if ("steps" in outcome) checkTcp(await engine.tcp(outcome), outcome);
              else checkHttp(await engine.http(outcome), outcome);
            }
          });
        }
      });
    }
  });
}

/** The filters of a page with what must come of each. */
function examplesOf(text: string): { source: string; outcomes: Outcome[] }[] {
  const examples: { source: string; outcomes: Outcome[] }[] = [];
  for (const [, kind, code = ""] of text.matchAll(/^```(ts filter|json outcome)\n([\s\S]*?)^```$/gm)) {
    if (kind === "ts filter") examples.push({ source: code, outcomes: [] });
    else examples.at(-1)?.outcomes.push(JSON.parse(code) as Outcome);
  }
  return examples;
}
