import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { test } from "node:test";
import { startRegistry } from "@meshwasm/oras/registry";
import type { FilterDeployment } from "../api/filter-deployment.js";
import { viewOf } from "../desired/filter-view.js";
import { pullRound } from "../desired/pull-round.js";
import { openModuleStore } from "../modules/index.js";
import { type Cleanup, filterModule, pushFilter, temporaryFolder } from "../modules/testing/filters.js";
import { type Resolution, resolveFilter } from "./resolve.js";
import { Tasks } from "./tasks.js";

const minute = 60_000;
const since = Date.UTC(2026, 0, 1);

test("a tag is resolved again once in each interval, and what it moved to is the content", async (t) => {
  const { registry, image, resolve } = await setUp(t);
  const first = await pushFilter(image, filterModule());
  const filter = deployment(image, { imagePullInterval: "10m" });
  const known = withStatus(filter, await resolve(filter, since));
  const second = await pushFilter(image, filterModule('(func (export "other"))'));
  const asked = registry.requests.length;
  const { after } = pullRound("u", 10 * minute, since);
  const before = await resolve(known, since + after - 1);
  assert.deepEqual([before.resolved?.manifestDigest, before.after], [first, 1]);
  assert.equal(registry.requests.length, asked, "asked before its time");
  const moved = await resolve(known, since + after);
  assert.deepEqual([moved.resolved?.manifestDigest, moved.after], [second, 10 * minute]);
  assert.notEqual(moved.revision, known.status?.revision);
  assert.equal(moved.content?.moduleDigest, moved.resolved?.moduleDigest);
  const twice = registry.requests.length;
  const later = await resolve(withStatus(filter, moved), since + after + 9 * minute);
  assert.deepEqual([later.revision, later.after], [moved.revision, minute]);
  assert.equal(registry.requests.length, twice, "asked twice in one round");
});

test("without an interval, with a digest and when it is paused, no tag is followed", async (t) => {
  const { registry, image, resolve } = await setUp(t);
  const digest = await pushFilter(image, filterModule());
  const cases: FilterDeployment[] = [
    deployment(image, {}),
    deployment(`${image}@${digest}`, { imagePullInterval: "1m" }),
    { ...deployment(image, { imagePullInterval: "1m" }) },
  ];
  for (const [index, filter] of cases.entries()) {
    const known = withStatus(filter, await resolve(filter, since));
    if (index === 2) known.spec.paused = true;
    const asked = registry.requests.length;
    const found = await resolve(known, since + 60 * minute);
    assert.deepEqual([found.revision, found.after], [known.status?.revision, undefined]);
    assert.equal(registry.requests.length, asked, `case ${index}`);
  }
});

test("a registry that is down, or a tag that moved to what does not fit, leaves in force what is, and says so", async (t) => {
  const { isDown, image, resolve } = await setUp(t);
  await pushFilter(image, filterModule());
  const filter = deployment(image, { imagePullInterval: "1m", config: { rps: 1 } });
  const known = withStatus(filter, await resolve(filter, since));
  const schema = { type: "object", properties: { rps: { type: "string" } } };
  await pushFilter(image, filterModule('(func (export "other"))'), {
    files: { "config.schema.json": JSON.stringify(schema) },
  });
  const unfit = await resolve(known, since + 2 * minute);
  assert.deepEqual([unfit.Verified.status, unfit.Verified.reason], ["False", "ConfigInvalid"]);
  assert.match(unfit.Verified.message, /rps must be string/);
  assert.deepEqual([unfit.revision, unfit.content?.moduleDigest], [known.status?.revision, digestOf(known)]);
  isDown.value = true;
  const down = await resolve(known, since + 4 * minute);
  assert.equal(down.Resolved.status, "True");
  assert.match(down.Resolved.message, /is sha256:.*; it could not be asked for again: .*registry/);
  assert.deepEqual([down.revision, down.content?.moduleDigest], [known.status?.revision, digestOf(known)]);
});

test("a restriction that leaves out callbacks of the module is refused", async (t) => {
  const { image, resolve } = await setUp(t);
  const callback = '(func (export "proxy_on_configure") (param i32 i32) (result i32) (i32.const 1))';
  await pushFilter(image, filterModule(callback));
  const found = await resolve(deployment(image, { vm: { allowedCapabilities: ["proxy_log"] } }), since);
  assert.deepEqual([found.Verified.reason, found.content], ["CallbackNotAllowed", undefined]);
  assert.match(found.Verified.message, /would switch off callbacks of the module: proxy_on_configure/);
  const wide = ["proxy_on_configure", "proxy_log"];
  const changed = deployment(image, { vm: { allowedCapabilities: wide } });
  changed.metadata.generation = 2;
  const fits = await resolve(changed, since);
  assert.deepEqual(fits.content?.allowedCapabilities, ["proxy_log", "proxy_on_configure"]);
});

function deployment(image: string, filter: object): FilterDeployment {
  const metadata = { namespace: "shop", name: "hello", uid: "u", generation: 1 };
  return { metadata, spec: { filter: { image, ...filter } } };
}

function withStatus(filter: FilterDeployment, { resolved, revision }: Resolution): FilterDeployment {
  return { ...filter, status: { resolved: resolved!, revision: revision! } };
}

function digestOf({ status }: FilterDeployment): string | undefined {
  return status?.resolved?.moduleDigest;
}

async function setUp(t: Cleanup) {
  const isDown = { value: false };
  const registry = await startRegistry({ faults: () => (isDown.value ? { type: "drop" } : undefined) });
  t.after(() => registry.close());
  const store = await openModuleStore(await temporaryFolder(t), { access: { retries: 0 } });
  const tasks = new Tasks(30_000);
  t.after(() => tasks.close());
  const news = new EventEmitter();
  /** What it comes to at a time, when no task runs any more. */
  const resolve = async (filter: FilterDeployment, now: number) => {
    for (;;) {
      let isRunning = false;
      const told = once(news, "task");
      const found = resolveFilter(viewOf(filter, "istio-system"), {
        ...{ store, now, since, rules: [], mode: "HostPath" as const, dockerConfigs: async () => [] },
        run: (name, input, work, retry) => {
          const task = tasks.run({ name, input, work, retry, onNews: () => news.emit("task") });
          isRunning ||= task.state === "running";
          return task;
        },
      });
      if (!isRunning) return found;
      await told;
    }
  };
  return { registry, isDown, image: `${registry.host}/filters/hello:1.0.0`, resolve };
}
