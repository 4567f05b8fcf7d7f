import assert from "node:assert/strict";
import { test } from "node:test";
import { storeDir } from "../api/names.js";
import { viewOf } from "../desired/filter-view.js";
import { podFacts } from "../desired/pod.js";
import { heldWithoutMount, mountObstacle } from "./mount-obstacle.js";
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
  assert.equal(mountObstacle(pod(), services()), undefined);
  const no = { "meshwasm.io/mount": "false" };
  const taken = pod({ volumeMounts: [{ name: "a", mountPath: storeDir }] });
  const cases: [ReturnType<typeof mountObstacle>, reason: string, words: RegExp][] = [
    [
      mountObstacle(pod(), services({ "pod-security.kubernetes.io/enforce": "baseline" })),
      "PodSecurityForbids",
      /^pod shop\/web-0: .*hostPath/,
    ],
    [mountObstacle(taken, services()), "MountUnsupported", /something else at \/var\/local/],
    [mountObstacle(pod(), services(no)), "MountUnsupported", /the label meshwasm.io\/mount says no: mount/],
    [mountObstacle(pod({ labels: no }), services()), "MountUnsupported", /says no/],
    [
      mountObstacle(pod(), services({}, false)),
      "MountUnsupported",
      /no pod template .*does not ask about pods/,
    ],
    [
      mountObstacle(pod({ args: ["proxy", "router"] }), services({}, false)),
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
    label,
  });
  const held = (...plans: ReturnType<typeof plan>[]) => heldWithoutMount(never, plans, services()).length;
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
  assert.deepEqual(heldWithoutMount(view({}), [plan()], services()), [], "its rollout replaces it");
  const gateway = view({ traffic: { direction: "Gateway" } });
  assert.equal(heldWithoutMount(gateway, [plan({ args: ["proxy", "router"] })], services()).length, 1);
});
