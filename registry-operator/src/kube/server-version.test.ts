import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerVersion } from "./server-version.js";

test("it is asked once, again after a while, and news are told", async () => {
  let now = 0;
  let asked = 0;
  let answer: () => object = () => ({ major: "1", minor: "35+" });
  const news: (number | undefined)[] = [];
  const client = {
    version: async () => {
      asked++;
      return answer();
    },
  };
  const version: ServerVersion = new ServerVersion(
    client,
    () => news.push(version.minor()),
    () => now,
  );
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  answer = () => {
    throw new Error("down");
  };
  assert.equal(version.minor(), undefined);
  await settled();
  assert.deepEqual([version.minor(), asked, news], [undefined, 1, []]);
  answer = () => ({ major: "1", minor: "35+" });
  now += 10_000;
  version.minor();
  await settled();
  assert.deepEqual([version.minor(), asked, news], [35, 2, [35]]);

  answer = () => ({ major: "1", minor: "36" });
  now += 60_000;
  assert.deepEqual([version.minor(), asked], [35, 2]);
  now += 10 * 60_000;
  assert.equal(version.minor(), 35, "nobody is waited for");
  await settled();
  assert.deepEqual([version.minor(), asked, news], [36, 3, [35, 36]]);

  answer = () => {
    throw new Error("down");
  };
  await version.refresh();
  assert.deepEqual([version.minor(), news], [36, [35, 36]], "what is known stays");
  for (const odd of [{}, { major: "2", minor: "1" }, { major: "1", minor: "x" }]) {
    answer = () => odd;
    await version.refresh();
    assert.equal(version.minor(), undefined, JSON.stringify(odd));
  }
});
