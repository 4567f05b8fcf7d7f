import assert from "node:assert/strict";
import { test } from "node:test";
import { pullRound } from "./pull-round.js";

const minute = 60_000;
const start = Date.UTC(2026, 0, 1);

test("rounds follow each other without a gap, at the same times for whoever looks", () => {
  const { began, after } = pullRound("a", 10 * minute, start);
  assert.ok(began <= start && began > start - 10 * minute, `began ${start - began} ms ago`);
  assert.equal(began + 10 * minute, start + after);
  assert.deepEqual(pullRound("a", 10 * minute, start + after - 1), { began, after: 1 });
  assert.deepEqual(pullRound("a", 10 * minute, start + after), {
    began: start + after,
    after: 10 * minute,
  });
});

test("the filters of one interval are spread over it", () => {
  const quarters = new Map<number, number>();
  for (let index = 0; index < 1000; index++) {
    const quarter = Math.floor(pullRound(`uid-${index}`, minute, start).after / (minute / 4 + 1));
    quarters.set(quarter, (quarters.get(quarter) ?? 0) + 1);
  }
  assert.equal(quarters.size, 4);
  for (const count of quarters.values()) assert.ok(count > 200, `${count} of 1000 in one quarter`);
});
