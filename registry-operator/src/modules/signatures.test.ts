import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { readdir } from "node:fs/promises";
import { test } from "node:test";
import { type PrivateKey, sign } from "@meshwasm/oras";
import { type RegistryOptions, startRegistry } from "@meshwasm/oras/registry";
import type { FilterDeployment } from "../api/filter-deployment.js";
import type { FilterPolicy } from "../api/filter-policy.js";
import { resolveFilter } from "../controller/resolve.js";
import { Tasks } from "../controller/tasks.js";
import { viewOf } from "../desired/filter-view.js";
import { rulesFor } from "../desired/policy-rules.js";
import type { ResolveRequest } from "./contract.js";
import { openModuleStore } from "./module-store.js";
import { type Cleanup, filterModule, pushFilter, temporaryFolder } from "./testing/filters.js";
import { newSigningKey } from "./testing/signing.js";

const never = new AbortController().signal;
const withoutReferrers: RegistryOptions = {
  faults: ({ method, path }) => {
    if (path.includes("/referrers/")) return { type: "status", status: 404 };
    const isManifest = method === "PUT" && path.includes("/manifests/");
    return isManifest ? { type: "headers", headers: { "oci-subject": "" } } : undefined;
  },
};

for (const [place, options] of [
  ["a referrer", {}],
  ["the tag that stands in for referrers", withoutReferrers],
] as const) {
  test(`unsigned and signed by another are refused before anything is fetched; signed is taken: ${place}`, async (t) => {
    const { registry, store, folder, image } = await setUp(t, options);
    const [key, other] = [await newSigningKey(), await newSigningKey()];
    await pushFilter(image, filterModule());
    await assert.rejects(store.resolve(ask(image, [key]), never), {
      code: "SignatureMissing",
      message: /has no signature/,
      hint: /meshwasm sign/,
    });
    await sign(image, other);
    await assert.rejects(store.resolve(ask(image, [key]), never), {
      code: "SignatureInvalid",
      message: /it is by nobody who was asked for/,
      hint: /publicKeys/,
    });
    assert.deepEqual(await readdir(folder), [], "something was stored");
    const own = registry.requests.filter(({ path }) => path.endsWith("/manifests/1.0.0"));
    assert.ok(
      own.every(({ method }) => method !== "GET"),
      "the unsigned image was fetched",
    );
    await sign(image, key);
    const found = await store.resolve(ask(image, [await newSigningKey(), key]), never);
    assert.ok(await store.has(found.moduleDigest));
    assert.ok(!("signedBy" in found));
  });
}

test("a signature is of a digest: a tag that moved from under it is refused, also one that moved back", async (t) => {
  const { store, image } = await setUp(t);
  const key = await newSigningKey();
  const first = await pushFilter(image, filterModule());
  await sign(image, key);
  await store.resolve(ask(image, [key]), never);
  const second = await pushFilter(image, filterModule('(data (i32.const 0) "two")'));
  const always = ask(image, [key], { policy: "Always" });
  await assert.rejects(store.resolve(always, never), {
    code: "SignatureMissing",
    message: new RegExp(second),
  });
  assert.equal((await store.resolve(ask(image, [key]), never)).manifestDigest, first);
  await pushFilter(image, filterModule());
  assert.equal((await store.resolve(always, never)).manifestDigest, first);
});

test("what is verified is remembered for its key only, and over a restart", async (t) => {
  let isDown = false;
  const { store, folder, image } = await setUp(t, {
    faults: () => (isDown ? { type: "status", status: 503 } : undefined),
  });
  const [key, other] = [await newSigningKey(), await newSigningKey()];
  await pushFilter(image, filterModule());
  await sign(image, key);
  await store.resolve(ask(image, [key]), never);
  isDown = true;
  const again = await openModuleStore(folder, { access: { retries: 0 } });
  assert.ok((await again.resolve(ask(image, [other, key]), never)).moduleDigest);
  // With the registry gone nobody can say whether the other signed it.
  await assert.rejects(again.resolve(ask(image, [other]), never), { code: "RegistryFailed" });
});

test("what was stored before signatures were asked for is asked about by its digest, whatever the tag names now", async (t) => {
  const { store, image } = await setUp(t);
  const key = await newSigningKey();
  const first = await pushFilter(image, filterModule());
  await store.resolve(ask(image, []), never);
  const second = await pushFilter(image, filterModule('(data (i32.const 0) "two")'));
  await sign(image, key);
  await assert.rejects(store.resolve(ask(image, [key]), never), { message: new RegExp(first) });
  await sign(image.replace(/:[^:]*$/, `@${first}`), key);
  assert.equal((await store.resolve(ask(image, [key]), never)).manifestDigest, first);
  const always = ask(image, [key], { policy: "Always" });
  assert.equal((await store.resolve(always, never)).manifestDigest, second);
});

test("a key that nothing can be verified with is the policy's fault", async (t) => {
  const { store, image } = await setUp(t);
  await pushFilter(image, filterModule());
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const rsa = String(publicKey.export({ type: "spki", format: "pem" }));
  const keys = [(await newSigningKey()).publicKey.pem, rsa];
  await assert.rejects(store.resolve({ ...ask(image, []), rules: { keys } }, never), {
    code: "PolicyInvalid",
    message: /publicKeys\[1\] is of the kind RSA/,
    hint: /P-256/,
  });
});

test("a policy that changes its keys makes a filter be resolved again; what runs goes on", async (t) => {
  const { registry, store, image } = await setUp(t);
  const [key, other] = [await newSigningKey(), await newSigningKey()];
  await pushFilter(image, filterModule());
  await sign(image, key);
  const tasks = new Tasks(30_000);
  t.after(() => tasks.close());
  const resolveUnder = async (filter: FilterDeployment, keys: readonly PrivateKey[]) => {
    const policy: FilterPolicy = { metadata: { name: "p" }, spec: { signing: { publicKeys: pems(keys) } } };
    for (;;) {
      let news = () => {};
      const told = new Promise<void>((resolve) => {
        news = resolve;
      });
      const found = resolveFilter(viewOf(filter, "istio-system"), {
        store,
        rules: rulesFor("shop", [policy]),
        mode: "HostPath",
        dockerConfigs: async () => [],
        ...{ now: 0, since: 0 },
        run: (name, input, work, retry) => tasks.run({ name, input, work, retry, onNews: news }),
      });
      if (found.Verified.reason !== "Resolving") return found;
      await told;
    }
  };
  const filter: FilterDeployment = {
    metadata: { namespace: "shop", name: "hello", uid: "u", generation: 1 },
    spec: { filter: { image } },
  };
  const first = await resolveUnder(filter, [key]);
  assert.equal(first.Verified.status, "True");
  const running = { ...filter, status: { resolved: first.resolved!, revision: first.revision! } };
  const asked = registry.requests.length;
  await resolveUnder(running, [key]);
  assert.equal(registry.requests.length, asked, "the same policy asked again");
  const refused = await resolveUnder(running, [other]);
  assert.deepEqual([refused.Verified.status, refused.Verified.reason], ["False", "SignatureInvalid"]);
  assert.deepEqual([refused.revision, refused.content], [first.revision, undefined]);
});

async function setUp(t: Cleanup, options: RegistryOptions = {}) {
  const registry = await startRegistry(options);
  t.after(() => registry.close());
  const folder = await temporaryFolder(t);
  const store = await openModuleStore(folder, { access: { retryDelayMs: 1 } });
  return { registry, store, folder, image: `${registry.host}/filters/hello:1.0.0` };
}

function pems(keys: readonly PrivateKey[]): string[] {
  return keys.map(({ publicKey }) => publicKey.pem);
}

function ask(image: string, keys: readonly PrivateKey[], more: Partial<ResolveRequest> = {}): ResolveRequest {
  return { image, policy: "IfNotPresent", dockerConfigs: [], rules: { keys: pems(keys) }, ...more };
}
