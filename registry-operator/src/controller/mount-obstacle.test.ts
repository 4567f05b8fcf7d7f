import assert from "node:assert/strict";
import { test } from "node:test";
import { storeDir } from "../api/names.js";
import { viewOf } from "../desired/filter-view.js";
import { imageMount, storeMount } from "../desired/mount.js";
import { podFacts } from "../desired/pod.js";
import { heldWithoutMount, imagePullFails, mountObstacle } from "./mount-obstacle.js";
import type { Services } from "./services.js";

interface PodOptions {
  args?: string[];
  labels?: Record<string, string>;
  volumeMounts?: object[];
  owner?: { apiVersion: string; kind: string } | undefined;
  ready?: boolean;
}

/** A pod without the mount whose Envoy runs and is not ready. */
function pod(options: PodOptions = {}) {
  const { args = ["proxy", "sidecar"], labels = {}, volumeMounts = [], ready = false } = options;
  const owner = "owner" in options ? options.owner : { apiVersion: "apps/v1", kind: "StatefulSet" };
  const object = {
    metadata: {
      ...{ namespace: "shop", name: "web-0", labels },
      ownerReferences: owner ? [{ ...owner, name: "web", uid: "u", controller: true }] : [],
    },
    spec: { containers: [{ name: "istio-proxy", args, volumeMounts }] },
    status: { containerStatuses: [{ name: "istio-proxy", restartCount: 0, ready, state: { running: {} } }] },
  };
  return podFacts(object as never);
}

function services(namespaceLabels: Record<string, string> = {}, mountsPods = true): Services {
  return { world: { labelsOfNamespace: () => namespaceLabels }, mountsPods: () => mountsPods } as never;
}

function view(spec: object) {
  const image = "registry.example.com/limit:1";
  const metadata = { namespace: "shop", name: "limit" };
  return viewOf({ metadata, spec: { filter: { image }, ...spec } } as never, "istio-system");
}

test("why a pod that is made anew would lack the mount again, and what to do", () => {
  assert.equal(mountObstacle(pod(), storeMount, services()), undefined);
  const no = { "meshwasm.io/mount": "false" };
  const taken = pod({ volumeMounts: [{ name: "a", mountPath: storeDir }] });
  const cases: [ReturnType<typeof mountObstacle>, reason: string, words: RegExp][] = [
    [
      mountObstacle(pod(), storeMount, services({ "pod-security.kubernetes.io/enforce": "baseline" })),
      "PodSecurityForbids",
      /^pod shop\/web-0: .*hostPath/,
    ],
    [mountObstacle(taken, storeMount, services()), "MountUnsupported", /something else at \/var\/local/],
    [
      mountObstacle(pod(), storeMount, services(no)),
      "MountUnsupported",
      /the label meshwasm.io\/mount says no: mount/,
    ],
    [mountObstacle(pod({ labels: no }), storeMount, services()), "MountUnsupported", /says no/],
    [
      mountObstacle(pod(), storeMount, services({}, false)),
      "MountUnsupported",
      /no pod template .*does not ask about pods/,
    ],
    [
      mountObstacle(pod({ args: ["proxy", "router"] }), storeMount, services({}, false)),
      "MountUnsupported",
      /gateways no volumes/,
    ],
  ];
  for (const [found, reason, words] of cases) {
    assert.equal(found?.reason, reason);
    assert.match(found?.message ?? "", words);
  }
});

test("a pod is held for the mount when it waits for it, and only then may be replaced", () => {
  const never = view({ delivery: { restart: "Never" } });
  const plan = (of: PodOptions = {}, label?: string) => ({
    ...{ pod: pod(of), wanted: "r-1", winner: undefined },
    ...{ label, mounted: false, able: false, waits: false },
  });
  const held = (...plans: ReturnType<typeof plan>[]) =>
    heldWithoutMount(never, plans, () => storeMount, services()).length;
  assert.equal(held(plan()), 1);
  assert.equal(held(plan({}, "noop")), 0, "it serves without the filter");
  assert.equal(held(plan({ ready: true })), 0, "it serves");
  assert.equal(held(plan({ owner: undefined })), 0, "nobody makes another one");
  assert.equal(
    held(plan({ owner: { apiVersion: "batch/v1", kind: "Job" } })),
    0,
    "it would count as a failure",
  );
  assert.equal(held(plan({ labels: { "meshwasm.io/mount": "false" } })), 0, "the next one would lack it too");
  assert.deepEqual(
    heldWithoutMount(view({}), [plan()], () => storeMount, services()),
    [],
    "its rollout replaces it",
  );
  const gateway = view({ traffic: { direction: "Gateway" } });
  assert.equal(
    heldWithoutMount(gateway, [plan({ args: ["proxy", "router"] })], () => storeMount, services()).length,
    1,
  );
});

test("an image may be where the store may not be", () => {
  const image = imageMount("0123456789", `registry.example.com/hello@sha256:${"ab".repeat(32)}`);
  const baseline = services({ "pod-security.kubernetes.io/enforce": "baseline" });
  assert.equal(mountObstacle(pod(), image, baseline), undefined);
  const taken = pod({ volumeMounts: [{ name: "a", mountPath: storeDir }] });
  assert.equal(mountObstacle(taken, image, services()), undefined);
  assert.match(
    mountObstacle(pod(), image, services({}, false))?.message ?? "",
    /: mount the image in its own/,
  );
});

test("a node that cannot pull the image is named; another image's failure is not this filter's", () => {
  const image = imageMount("0123456789", `registry.example.com/hello@sha256:${"ab".repeat(32)}`);
  const failing = { ...pod(), node: "n1", images: [image.path], pullFails: true };
  const problem = imagePullFails(failing, image);
  assert.equal(problem?.reason, "ImagePullFailed");
  assert.match(
    problem.message,
    /^pod shop\/web-0: its node n1 cannot pull .*: 'kubectl describe pod' says why/,
  );
  assert.equal(imagePullFails({ ...failing, pullFails: false }, image), undefined);
  assert.equal(imagePullFails({ ...failing, images: [] }, image), undefined);
});
