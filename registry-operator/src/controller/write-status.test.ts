import assert from "node:assert/strict";
import { test } from "node:test";
import type { FilterDeployment } from "../api/filter-deployment.js";
import { KubeError } from "../kube/index.js";
import { StatusWriter } from "./write-status.js";

type Status = NonNullable<FilterDeployment["status"]>;

const key = "shop/hello";

/** A status of which Ready says this. */
function status(reason: string, more: object = {}): Status {
  const is = reason === "Loaded" ? "True" : "False";
  return { conditions: [{ type: "Ready", status: is, reason, message: `is ${reason}` }], ...more } as Status;
}

/** A FilterDeployment in a cluster that keeps what is written, on a clock that is moved by hand. */
function scripted(first?: Status) {
  const script = { now: 0, written: [] as string[], events: [] as string[], fails: undefined as unknown };
  const metadata = { namespace: "shop", name: "hello" };
  let filter = { metadata, spec: {}, ...(first ? { status: first } : {}) } as never as FilterDeployment;
  const reasonOf = (said: Status | undefined) => said?.conditions?.[0]?.reason ?? "";
  const services = {
    client: {
      async apply(_: unknown, object: { status: Status }) {
        if (script.fails) throw script.fails;
        script.written.push(reasonOf(object.status));
        return { ...filter, status: object.status };
      },
    },
    world: { filters: { put: (written: FilterDeployment) => (filter = written) } },
    events: {
      async record(_: unknown, __: unknown, { type, reason }: { type: string; reason: string }) {
        script.events.push(`${type} ${reason}`);
      },
    },
  } as never;
  const writer = new StatusWriter(() => script.now);
  return { script, writer, write: (said: Status) => writer.write(key, filter, said, services) };
}

test("what is the same is not written; what is new is, with an event of each outcome", async () => {
  const { script, write } = scripted();
  await write(status("ImageNotFound"));
  await write(status("ImageNotFound"));
  await write(status("Resolving"));
  await write(status("NoPods", { revision: "r-1" }));
  await write(status("Loaded", { revision: "r-1" }));
  assert.equal(await write(status("Loaded", { revision: "r-1" })), undefined);
  assert.deepEqual(script.written, ["ImageNotFound", "Resolving", "NoPods", "Loaded"]);
  assert.deepEqual(script.events, ["Warning ImageNotFound", "Normal NoPods", "Normal Loaded"]);
});

test("steps on the way wait when there are many; outcomes and what others go by do not", async () => {
  const { script, write } = scripted();
  const at = (ready: number) => status("NotLoaded", { revision: "r-1", workloads: { ready } });
  for (let ready = 0; ready < 60; ready++) await write(at(ready));
  assert.equal(script.written.length, 51, "the first has a revision that is new, then 50 at once");
  assert.equal(await write(at(60)), 5_000);
  await write(status("NotLoaded", { revision: "r-2" }));
  await write(status("NotLoaded", { revision: "r-2", lastGood: "r-1" }));
  await write(status("ImageNotFound", { revision: "r-2", lastGood: "r-1" }));
  await write(status("Loaded", { revision: "r-2", lastGood: "r-2" }));
  await write(status("NotLoaded", { revision: "r-2", lastGood: "r-2" }));
  assert.equal(script.written.length, 56);
  script.now = 100;
  await write(status("PodsWaiting", { revision: "r-2", lastGood: "r-2" }));
  await write(status("NodesMissing", { revision: "r-2", lastGood: "r-2" }));
  assert.deepEqual(script.written.slice(55), ["NotLoaded", "PodsWaiting"], "ten a second");
});

test("a step that does not pass is worth an event, once", async () => {
  const { script, write } = scripted();
  assert.equal(await write(status("NodesMissing")), 60_000);
  script.now = 50_000;
  assert.equal(await write(status("NodesMissing", { workloads: {} })), 10_000);
  script.now = 60_000;
  assert.equal(await write(status("NodesMissing", { workloads: {} })), undefined);
  script.now = 200_000;
  await write(status("NodesMissing"));
  assert.deepEqual(script.events, ["Warning NodesMissing"]);
});

test("an operator that starts tells again only what is not told for certain", async () => {
  const loaded = scripted(status("Loaded"));
  await loaded.write(status("Loaded"));
  assert.deepEqual(loaded.script.events, []);
  const stuck = scripted(status("NotLoaded"));
  await stuck.write(status("NotLoaded"));
  stuck.script.now = 60_000;
  await stuck.write(status("NotLoaded"));
  assert.deepEqual(stuck.script.events, ["Warning NotLoaded"]);
});

test("one that is gone needs neither; what cannot be written is tried again", async () => {
  const { script, write } = scripted();
  script.fails = new KubeError("apply", 404, {});
  assert.equal(await write(status("Loaded")), undefined);
  script.fails = new KubeError("apply", 500, { message: "no" });
  await assert.rejects(write(status("Loaded")), /no/);
  assert.deepEqual(script.events, []);
});
