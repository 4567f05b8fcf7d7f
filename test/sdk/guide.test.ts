import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { root } from "../../scripts/api/read.js";
import { checkHttp, checkTcp } from "../e2e/check.js";
import { hostEngine } from "../e2e/engines/host.js";
import type { HttpCase } from "../e2e/tables/http-case.js";
import type { TcpCase } from "../e2e/tables/tcp-probe.js";
import { compileFilter } from "./compile-snippet.js";

// The guide's examples are real: each block "ts filter" of sdk/docs is a whole filter, which is compiled and run in the
// in-process host; the blocks "json outcome" behind it are what must come of it, as in test/e2e/tables.

const docs = join(root, "sdk", "docs");
const topics = [
  ...["callouts", "configuration", "crypto-and-jwt", "grpc", "http", "json", "matching", "metrics"],
  ...["network", "properties", "shared-data", "strings-and-bytes", "timers"],
].map((topic) => `${topic}.md`);
const pages = (await readdir(docs)).filter((name) => name.endsWith(".md"));
const quick = ["--optimizeLevel", "0", "--shrinkLevel", "0"];

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
      test(`example ${index + 1} does what the page says`, async () => {
        assert.ok(outcomes.length > 0, "it says nothing");
        const wasm = await compileFilter(source, { args: quick });
        const kind = source.includes("registerNetworkFilter") ? "network" : "http";
        const engine = hostEngine({ wasm, rootId: "", kind });
        for (const outcome of outcomes) {
          if ("steps" in outcome) checkTcp(await engine.tcp(outcome), outcome);
          else checkHttp(await engine.http(outcome), outcome);
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
