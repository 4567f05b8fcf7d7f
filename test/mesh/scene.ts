import assert from "node:assert/strict";
import type { KubeObject } from "../parts/kube-api.js";
import type { Mesh } from "./mesh.js";
import { until } from "./until.js";
import type { Workload, WorkloadOptions } from "./workload.js";

/** A namespace of its own with a workload `web`, and the FilterDeployment `hello` that selects it. */
export class Scene {
  private constructor(
    private readonly mesh: Mesh,
    readonly namespace: string,
    readonly web: Workload,
  ) {}

  /** Makes the namespace and the workload, by default of two pods, and waits until they are ready. */
  static async make(
    mesh: Mesh,
    {
      namespaceLabels,
      ...options
    }: Partial<WorkloadOptions> & { namespaceLabels?: Record<string, string> } = {},
  ): Promise<Scene> {
    const namespace = await mesh.namespace(namespaceLabels);
    return new Scene(mesh, namespace, await mesh.deploy({ namespace, name: "web", replicas: 2, ...options }));
  }

  /** The FilterDeployment's path. */
  get path(): string {
    return `/apis/meshwasm.io/v1alpha1/namespaces/${this.namespace}/filterdeployments/hello`;
  }

  /** The path of the namespace's EnvoyFilters. */
  get envoyFilters(): string {
    return `/apis/networking.istio.io/v1alpha3/namespaces/${this.namespace}/envoyfilters`;
  }

  /** Applies the FilterDeployment. @param filter beside image and root id @param more of the spec, beside filter and selector */
  async enable(image: string, filter: object = {}, more: object = {}): Promise<void> {
    const spec = {
      filter: { image, rootId: "hello", ...filter },
      workloadSelector: { matchLabels: { app: "web" } },
      ...more,
    };
    const metadata = { name: "hello", namespace: this.namespace };
    const object = { apiVersion: "meshwasm.io/v1alpha1", kind: "FilterDeployment", metadata, spec };
    await this.mesh.kube.api.apply(this.path, object);
  }

  /** Waits until the FilterDeployment says of its newest generation that it is ready; returns it. */
  filterReady(): Promise<KubeObject> {
    return until(`${this.namespace}/hello is ready`, async () => {
      const object = await this.filter();
      const is = conditionOf(object, "Ready");
      const current = is?.observedGeneration === object.metadata.generation;
      if (is?.status === "True" && current) return object;
      throw new Error(JSON.stringify(object.status?.conditions));
    });
  }

  /** Waits until a condition of the FilterDeployment has this reason; returns the condition. */
  reason(type: string, reason: string): Promise<KubeObject> {
    return until(`${this.namespace}/hello is ${type}: ${reason}`, async () => {
      const object = await this.filter();
      const is = conditionOf(object, type);
      if (is?.reason === reason && is.observedGeneration === object.metadata.generation) return is;
      throw new Error(JSON.stringify(object.status?.conditions));
    });
  }

  /** The FilterDeployment. */
  filter(): Promise<KubeObject> {
    return this.mesh.kube.api.get(this.path);
  }

  /** Sets the number of pods. */
  async scale(replicas: number): Promise<void> {
    const deployment = `/apis/apps/v1/namespaces/${this.namespace}/deployments/web`;
    await this.mesh.kube.api.patch(deployment, { spec: { replicas } });
  }

  /** Waits until every ready pod answers with this header of the filter's; null: with none. */
  async everyPodSays(expected: string | null): Promise<void> {
    for (const pod of await this.web.ready()) {
      await until(`${pod.metadata.name} says ${expected}`, async () => {
        const said = await this.greeting(pod);
        if (said === expected) return true;
        throw new Error(`it says ${said}`);
      });
    }
  }

  /** The header that the filter adds; null: none. The answer must be 200. */
  async greeting(pod: KubeObject): Promise<string | null> {
    const response = await this.mesh.request(pod);
    await response.text();
    assert.equal(response.status, 200);
    return response.headers.get("x-hello");
  }

  /** Runs something under a load on all pods, of which no request fails and no connection is closed. */
  async underLoad(action: () => Promise<void>): Promise<void> {
    const loads = (await this.web.ready()).map((pod) => this.mesh.load(pod));
    await action();
    for (const load of loads) {
      const { requests, ...rest } = await load.stop();
      assert.deepEqual(rest, { failed: 0, closed: 0, failures: [] });
      assert.ok(requests > 100, `only ${requests} requests`);
    }
  }
}

/** A condition of an object's status. */
export function conditionOf({ status }: KubeObject, type: string): KubeObject | undefined {
  return (status?.conditions ?? []).find((each: KubeObject) => each.type === type);
}
