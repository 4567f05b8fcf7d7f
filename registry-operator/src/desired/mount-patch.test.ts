import assert from "node:assert/strict";
import { test } from "node:test";
import {
  mountedAnnotation,
  storeDir,
  userVolumeAnnotation,
  userVolumeMountAnnotation,
  volumeName,
} from "../api/names.js";
import { changeMounts, imageMount, storeMount } from "./mount.js";
import { type PatchOperation, mountPatch as patchOf } from "./mount-patch.js";
import { podFacts, type RawPod } from "./pod.js";

const injection = { "istio-injection": "enabled" };
const mount = { name: volumeName, mountPath: storeDir, readOnly: true };
const volume = { name: volumeName, hostPath: { path: storeDir, type: "DirectoryOrCreate" } };
const proxy = { name: "istio-proxy", args: ["proxy", "sidecar"] };
const template = (changeMounts(undefined, [storeMount]) as { change: Record<string, string> }).change;
const mountPatch = (object: RawPod, labels: Record<string, string> | undefined, mounts = [storeMount]) =>
  patchOf(object, labels, mounts);

function pod(spec: object, annotations?: Record<string, string>, labels?: Record<string, string>): RawPod {
  const metadata = { name: "p", ...(annotations ? { annotations } : {}), ...(labels ? { labels } : {}) };
  return { metadata, spec } as RawPod;
}

test("a sidecar that is there gets volume and mount, and nothing else changes", () => {
  const patched = apply(pod({ containers: [{ name: "app" }, proxy] }));
  assert.deepEqual(patched, {
    metadata: { name: "p", annotations: { [mountedAnnotation]: "on-creation" } },
    spec: { containers: [{ name: "app" }, { ...proxy, volumeMounts: [mount] }], volumes: [volume] },
  });
  const { mounted, mountedOnCreation } = podFacts(patched);
  assert.deepEqual({ mounted, mountedOnCreation }, { mounted: true, mountedOnCreation: true });
});

test("a native sidecar is an init container, a gateway a container that was there before", () => {
  const native = pod({ containers: [{ name: "app" }], initContainers: [{ name: "init" }, proxy] });
  assert.deepEqual(
    mountPatch(native, injection).map(({ path }) => path),
    ["/spec/volumes", "/spec/initContainers/1/volumeMounts", "/metadata/annotations"],
  );
  const gateway = pod({ containers: [{ name: "istio-proxy" }] }, { "inject.istio.io/templates": "gateway" });
  assert.ok(podFacts(apply(gateway)).mounted);
});

test("a gateway's annotations, which its injection ignores, are no mount; a sidecar's that is still to come are", () => {
  const spec = { containers: [{ name: "istio-proxy" }] };
  const gateway = pod(spec, { ...template, "inject.istio.io/templates": "gateway" });
  assert.ok(podFacts(apply(gateway)).mounted);
  assert.deepEqual(mountPatch(pod(spec, template), injection), []);
  // Injected, and they did nothing: what made them come too late does not matter.
  assert.ok(podFacts(apply(pod(spec, { ...template, "sidecar.istio.io/status": "{}" }))).mounted);
});

test("where the sidecar is still to come, the annotations are merged", () => {
  const others = { [userVolumeAnnotation]: '{"certs":{"secret":{"secretName":"a"}}}' };
  const { annotations } = apply(pod({ containers: [{ name: "app" }] }, others)).metadata;
  assert.deepEqual(JSON.parse(annotations?.[userVolumeAnnotation] ?? ""), {
    certs: { secret: { secretName: "a" } },
    [volumeName]: { hostPath: volume.hostPath },
  });
  assert.equal(annotations?.[userVolumeMountAnnotation], template[userVolumeMountAnnotation]);
  assert.equal(annotations?.[mountedAnnotation], "on-creation");
});

test("a pod that will have no sidecar is left alone", () => {
  const plain = { containers: [{ name: "app" }] };
  assert.deepEqual(mountPatch(pod(plain), {}), []);
  assert.deepEqual(mountPatch(pod(plain), undefined), []);
  assert.deepEqual(mountPatch(pod(plain, {}, { "sidecar.istio.io/inject": "false" }), injection), []);
  assert.notDeepEqual(mountPatch(pod(plain, {}, { "sidecar.istio.io/inject": "true" }), {}), []);
});

test("what cannot be merged is left alone", () => {
  const plain = { containers: [{ name: "app" }] };
  assert.deepEqual(mountPatch(pod(plain, { [userVolumeAnnotation]: "[]" }), injection), []);
  const named = { ...plain, volumes: [{ name: volumeName, emptyDir: {} }] };
  assert.deepEqual(mountPatch(pod(named), injection), []);
  const taken = { ...proxy, volumeMounts: [{ name: "other", mountPath: `${storeDir}/` }] };
  assert.deepEqual(mountPatch(pod({ containers: [taken] }), injection), []);
});

test("a volume of the same name is another's; a volume that is the store is used", () => {
  const others = [
    { name: volumeName, emptyDir: {} },
    { name: `${volumeName}-2`, emptyDir: {} },
  ];
  const patched = apply(pod({ containers: [proxy], volumes: others }));
  assert.deepEqual(patched.spec?.volumes?.slice(0, 2), others);
  assert.equal(patched.spec?.volumes?.[2]?.name, `${volumeName}-3`);
  const own = [{ name: "store", hostPath: { path: storeDir } }];
  const reused = apply(pod({ containers: [proxy], volumes: own }));
  assert.deepEqual(reused.spec?.volumes, own);
  assert.deepEqual(reused.spec?.containers?.[0]?.volumeMounts, [{ ...mount, name: "store" }]);
});

test("images come beside the store, each with a volume of its own, by whichever way", () => {
  const image = (id: string, hex: string) =>
    imageMount(id, `registry.example.com/hello@sha256:${hex.repeat(64)}`);
  const wanted = [storeMount, image("0123456789", "a"), image("0123456789", "b"), image("9876543210", "a")];
  for (const before of [pod({ containers: [proxy] }), pod({ containers: [proxy], volumes: [] })]) {
    const patched_ = patched(before, mountPatch(before, injection, wanted));
    const facts = podFacts(patched_);
    assert.deepEqual([facts.mounted, facts.mountedOnCreation], [true, true]);
    assert.deepEqual(
      facts.images,
      wanted.slice(1).map(({ path }) => path),
    );
    // Two filters with one image share its volume.
    assert.deepEqual(
      patched_.spec?.volumes?.map(({ name }) => name),
      wanted.slice(0, 3).map(({ name }) => name),
    );
    assert.deepEqual(mountPatch(patched_, injection, wanted), [], "a second time changes nothing");
    assert.equal(mountPatch(patched_, injection, [...wanted, image("9876543210", "c")]).length, 3);
  }
  const plain = pod({ containers: [{ name: "app" }] });
  const { annotations = {} } = patched(plain, mountPatch(plain, injection, wanted)).metadata;
  assert.deepEqual(
    Object.keys(JSON.parse(annotations[userVolumeAnnotation]!)),
    wanted.map(({ name }) => name),
  );
});

test("whatever a pod is like: it is valid as before, what was there stays, and a second time changes nothing", () => {
  let mounted = 0;
  for (const object of pods(3000)) {
    const before = JSON.stringify(object);
    const operations = mountPatch(object, injection);
    assert.equal(JSON.stringify(object), before, "the input is not changed");
    const after = patched(object, operations);
    assert.deepEqual(mountPatch(after, injection), [], before);
    for (const { volumes = [], containers = [], initContainers = [] } of [after.spec ?? {}]) {
      assertUnique(volumes.map(({ name }) => name));
      for (const { volumeMounts = [] } of [...containers, ...initContainers]) {
        assertUnique(volumeMounts.map(({ mountPath }) => mountPath));
        for (const { name } of volumeMounts) assert.ok(volumes.some((each) => each.name === name));
      }
    }
    if (operations.some(({ path }) => path.startsWith("/spec"))) {
      assert.ok(podFacts(after).mounted, before);
      mounted++;
    }
    assert.deepEqual(without(after, operations), JSON.parse(before));
  }
  assert.ok(mounted > 500, `${mounted} of 3000 were mounted`);
});

/** Pods of every combination of what matters, from a sequence that is always the same. */
function* pods(count: number): Generator<RawPod> {
  let state = 7;
  const any = (n: number) => {
    state = (state * 48271) % 2147483647;
    return state % n;
  };
  const some = <T>(all: readonly T[]) => all.filter(() => any(3) === 0);
  for (let n = 0; n < count; n++) {
    const volumes = some([
      { name: "data", emptyDir: {} },
      { name: volumeName, emptyDir: {} },
      { name: `${volumeName}-2`, emptyDir: {} },
      { name: "store", hostPath: { path: storeDir } },
      { name: "other-store", hostPath: { path: storeDir } },
      { name: "host", hostPath: { path: "/var/lib" } },
    ]);
    const container = (name: string) => {
      const paths = some(
        ["/data", "/etc/certs", storeDir, `${storeDir}/below`, "/var/local"].map((path) => path),
      );
      const volumeMounts =
        volumes.length > 0
          ? paths.map((mountPath) => ({ name: volumes[any(volumes.length)]!.name, mountPath }))
          : [];
      return { name, ...(volumeMounts.length > 0 || any(2) ? { volumeMounts } : {}) };
    };
    const names = [[], ["istio-proxy"], ["istio-init", "istio-proxy"], ["istio-init"]][any(4)]!;
    const spec = {
      containers: (any(2) ? ["app", "istio-proxy"] : ["app"]).map(container),
      ...(names.length > 0 ? { initContainers: names.map(container) } : {}),
      ...(volumes.length > 0 || any(2) ? { volumes } : {}),
    };
    const annotations = Object.fromEntries(
      some<[string, string]>([
        ...Object.entries(template),
        ["sidecar.istio.io/status", "{}"],
        ["inject.istio.io/templates", "gateway"],
        [userVolumeAnnotation, '{"a":{"emptyDir":{}}}'],
        [userVolumeMountAnnotation, "no JSON"],
      ]),
    );
    yield pod(spec, any(3) ? annotations : undefined);
  }
}

/** Undoes additions, last first. */
function without(object: RawPod, operations: readonly PatchOperation[]): RawPod {
  const copy = structuredClone(object);
  for (const { path, value } of [...operations].reverse()) {
    const { parent, key } = find(copy, path);
    if (key === "-") (parent as unknown[]).pop();
    else if (path.startsWith("/metadata/annotations/sidecar")) {
      // Merged into what was there: the other entries are.
      const { [volumeName]: _, ...rest } = JSON.parse(value as string);
      if (Object.keys(rest).length > 0) (parent as Record<string, string>)[key] = JSON.stringify(rest);
      else delete (parent as Record<string, unknown>)[key];
    } else delete (parent as Record<string, unknown>)[key];
  }
  return copy;
}

function apply(object: RawPod): RawPod {
  const after = patched(object, mountPatch(object, injection));
  assert.deepEqual(mountPatch(after, injection), [], "a second time changes nothing");
  return after;
}

/** As RFC 6902 says of `add`: the parent must be there. */
function patched(object: RawPod, operations: readonly PatchOperation[]): RawPod {
  const copy = structuredClone(object);
  for (const { op, path, value } of operations) {
    assert.equal(op, "add");
    const { parent, key } = find(copy, path);
    if (key === "-") (parent as unknown[]).push(value);
    else (parent as Record<string, unknown>)[key] = value;
  }
  return copy;
}

function find(object: object, path: string): { parent: object; key: string } {
  const keys = path
    .slice(1)
    .split("/")
    .map((each) => each.replaceAll("~1", "/").replaceAll("~0", "~"));
  const key = keys.pop()!;
  let parent = object as Record<string, unknown>;
  for (const each of keys) parent = parent[each] as Record<string, unknown>;
  assert.ok(parent, `${path} has no parent`);
  assert.equal(Array.isArray(parent), key === "-");
  return { parent, key };
}

function assertUnique(values: readonly string[]): void {
  assert.equal(new Set(values).size, values.length, values.join());
}
