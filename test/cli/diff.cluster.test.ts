import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { temporaryFolder } from "./filter-folder.js";
import { type MeshScene, requireKubernetes, startMeshScene } from "./mesh-scene.js";
import { assertFailed, runCli } from "./run-cli.js";

const skip = await requireKubernetes();
let scene: MeshScene;
before(async () => {
  if (!skip) scene = await startMeshScene();
});
after(() => scene?.stop());

test("diff says what enable would change, and changes nothing: 1, and 0 once it is so", {
  skip,
}, async (t) => {
  const { env, ref, kubernetes } = scene;
  await kubernetes.kubectl(["create", "namespace", "shop"]);
  const file = join(await temporaryFolder(t), "config.json");
  await writeFile(file, '{"perSecond": 10}');
  const image = ref("limit", "1.0.0");
  const args = [image, "-n", "shop", "-l", "app=shop", "--config", file];
  const fresh = await runCli(["diff", ...args], { env });
  assert.equal(fresh.code, 1, fresh.all);
  assert.match(fresh.stdout, /^shop\/limit: new\n/);
  assert.match(fresh.stdout, /^\+ spec\.filter\.config\.perSecond: 10$/m);
  const path = "/apis/meshwasm.io/v1alpha1/namespaces/shop/filterdeployments/limit";
  assert.equal(await kubernetes.api.find(path), undefined, "it was made");

  assert.equal((await runCli(["enable", ...args], { env })).code, 0);
  const { metadata } = await kubernetes.api.get(path);
  const same = await runCli(["diff", ...args], { env });
  assert.deepEqual([same.code, same.stdout], [0, "shop/limit: nothing would change\n"], same.all);
  await writeFile(file, '{"perSecond": 20}');
  const next = await runCli(["diff", ref("limit", "1.1.0"), "-n", "shop", "--config", file, "--json"], {
    env,
  });
  assert.equal(next.code, 1, next.all);
  const { changes, changed, exists, digest } = JSON.parse(next.stdout);
  assert.deepEqual([changed, exists], [true, true]);
  assert.match(digest, /^sha256:[0-9a-f]{64}$/);
  assert.deepEqual(changes, [
    { path: "spec.filter.config.perSecond", from: 10, to: 20 },
    { path: "spec.filter.image", from: image, to: ref("limit", "1.1.0") },
  ]);
  assert.equal((await kubernetes.api.get(path)).metadata.resourceVersion, metadata.resourceVersion);
});

test("what enable would refuse, diff refuses, with the same codes", { skip }, async (t) => {
  const { env, ref } = scene;
  const file = join(await temporaryFolder(t), "config.json");
  await writeFile(file, '{"perSecond": 0}');
  const run = (...args: string[]) => runCli(["diff", ...args, "-n", "default"], { env });
  assertFailed(await run(ref("limit", "1.0.0"), "--config", file), { code: 2, message: /must be >= 1/ });
  assertFailed(await run(ref("limit", "9.9.9")), { code: 3, message: /9\.9\.9/ });
  assertFailed(await run(ref("plain", "1.0.0"), "--name", "Bad_Name"), { code: 3, message: /Bad_Name/ });
});
