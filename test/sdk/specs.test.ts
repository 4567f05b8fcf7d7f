import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { compileSpec } from "../../cli/src/spec/compile-spec.js";
import { runSpec } from "../../cli/src/spec/run-spec.js";

const sdk = fileURLToPath(new URL("../../sdk/", import.meta.url));
const folder = join(sdk, "assembly", "__tests__");
const specs = readdirSync(folder).filter((name) => name.endsWith(".spec.ts"));

describe("the SDK's own specs", () => {
  test("are found", () => assert.ok(specs.length >= 2));

  for (const spec of specs) {
    test(spec, async (t) => {
      const file = join(folder, spec);
      // Specs of pure parts: there is no filter for them to drive.
      const results = runSpec(spec, await compileSpec(sdk, file), { modules: {}, attach: () => {} });
      assert.ok(results.length > 0, "no test ran");
      for (const { path, passed, failure = "", place = spec } of results) {
        await t.test(path.join(" "), () => assert.ok(passed, `${place}: ${failure}`));
      }
    });
  }
});
