import assert from "node:assert/strict";
import { test } from "node:test";
import { HeldPods } from "./replace-held.js";
import { recordedServices, type ToldPodOptions, toldPod } from "./testing/told-pod.js";

const held: ToldPodOptions = { loaded: undefined, toldFor: 11_000, ready: false, late: true };

async function replaced(...pods: ToldPodOptions[]): Promise<string[]> {
  const { written, services } = recordedServices();
  const observed = new Map(pods.map((options, index) => toldPod(String(index), options)));
  await new HeldPods().replace("shop/limit", observed, services);
  return written;
}

test("a pod that was told too late, and does not begin to serve, is deleted: that one and no other", async () => {
  assert.deepEqual(await replaced(held), ["delete web-0 0"]);
  assert.deepEqual(await replaced({ ...held, toldFor: 4 * 60_000, late: false }), ["delete web-0 0"]);
});

test("any other pod is left alone", async () => {
  for (const other of [
    { ...held, toldFor: 9_000 },
    { ...held, late: false },
    { ...held, ready: true },
    { ...held, loaded: false },
    { ...held, loaded: true },
    { ...held, controlled: false },
  ]) {
    assert.deepEqual(await replaced(other), [], JSON.stringify(other));
  }
});

test("one at a time, and later each time until all run it", async () => {
  const { written, services } = recordedServices();
  let now = 0;
  const pods = new HeldPods(() => now);
  const look = (...options: ToldPodOptions[]) =>
    pods.replace("shop/limit", new Map(options.map((each, index) => toldPod(String(index), each))), services);
  const times: number[] = [];
  for (; now < 200_000; now += 1_000) {
    const before = written.length;
    await look(held, held);
    if (written.length > before) times.push(now / 1000);
  }
  assert.deepEqual(times, [0, 20, 60, 140]);
  await look({ ...held, loaded: true });
  await look(held);
  assert.equal(written.length, 5, "what helped begins anew");
});

test("a pod that came without the mount is deleted first, and as seldom", async () => {
  const { written, services } = recordedServices();
  let now = 0;
  const pods = new HeldPods(() => now);
  const [{ pod }] = toldPod("unmounted", held);
  const late = new Map([toldPod("late", held)]);
  await pods.replace("shop/limit", late, services, [pod]);
  await pods.replace("shop/limit", late, services, [pod]);
  assert.deepEqual(written, ["delete web-unmounted unmounted"]);
  now = 21_000;
  await pods.replace("shop/limit", late, services, []);
  assert.deepEqual(written.slice(1), ["delete web-late late"]);
});
