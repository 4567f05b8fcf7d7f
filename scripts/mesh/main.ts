import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pushHello } from "../../test/mesh/filters.js";
import { together } from "../../test/mesh/load.js";
import { type Mesh, startMesh } from "../../test/mesh/mesh.js";
import { startOperator } from "../../test/mesh/operator.js";
import { until } from "../../test/mesh/until.js";
import type { KubeObject } from "../../test/parts/kube-api.js";
import { Steps, show } from "../demo/steps.js";
import { meshwasmIn, shown } from "./cli.js";

const keep = process.argv.includes("--keep");
const steps = new Steps();
const interrupted = new AbortController();
process.on("SIGINT", () => interrupted.abort()).on("SIGTERM", () => interrupted.abort());
let mesh: Mesh | undefined;

try {
  mesh = await steps.run(
    "mesh",
    () => startMesh({ nodes: 2 }),
    () => "etcd, API server, controller manager, istiod, a registry and two nodes, on loopback",
  );
  await Promise.race([play(mesh), interruption()]);
  if (keep) await waitForInterrupt(mesh);
} catch (error) {
  if (interrupted.signal.aborted) console.log("interrupted");
  else console.error(`FAILED: ${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  await mesh?.stop();
  console.log("everything that was started is stopped");
}

async function play(mesh: Mesh): Promise<void> {
  await steps.run(
    "operator",
    () => startOperator(mesh),
    () => "the operator and an agent for each node, with the roles that are shipped",
  );
  const namespace = await mesh.namespace();
  const web = await steps.run(
    "workload",
    () => mesh.deploy({ namespace, name: "web", replicas: 2 }),
    () => "two pods with a real Envoy each",
  );
  const [v1, v2] = await steps.run(
    "push",
    async () =>
      [
        await pushHello(mesh, { version: "1.0.0", prefix: "one " }),
        await pushHello(mesh, { version: "2.0.0", prefix: "two " }),
      ] as const,
    (refs) => `two versions of examples/hello: ${refs.join(", ")}`,
  );
  const command = (...args: string[]) => meshwasmIn(mesh, namespace, args, interrupted.signal);
  const says = async (expected: string | null) => {
    for (const pod of await web.ready()) {
      await until(`x-hello is ${expected}`, async () => (await greeting(mesh, pod)) === expected);
    }
    show(`every pod answers with x-hello: ${expected ?? "(none)"}`);
  };

  await says(null);
  const enable = (ref: string, ...more: string[]) =>
    command("enable", ref, "-l", "app=web", ...more, "--wait", "120");
  await steps.run("enable", () => enable(v1), shown);
  await says("one world");
  show(await command("status"));

  const load = together((await web.ready()).map((pod) => mesh.load(pod)));
  await steps.run("upgrade", () => enable(v2), shown);
  await says("two world");
  const refused = join(mesh.folder, "refused.json");
  await writeFile(refused, JSON.stringify({ greeting: "refused" }));
  await steps.run(
    "break",
    async () => {
      await command("enable", v2, "--config", refused);
      return until("the status says that it is not loaded", async () => {
        const text = await command("status");
        return text.includes("NotLoaded") && text;
      });
    },
    () => "a configuration that the filter refuses: the Envoys keep what they had, and the status names them",
  );
  await says("two world");
  show(await command("status"));
  const good = join(mesh.folder, "good.json");
  await writeFile(good, JSON.stringify({ greeting: "world" }));
  await steps.run("roll back", () => enable(v1, "--config", good), shown);
  await says("one world");
  const { requests, failed, closed } = await load.stop();
  show(`meanwhile: ${requests} requests, ${failed} failed, ${closed} connections closed`);
  if (failed + closed > 0) throw new Error("the load noticed");

  if (keep) return;
  await steps.run("disable", () => command("disable", "hello", "--wait", "120"), shown);
  await says(null);
}

async function greeting(mesh: Mesh, pod: KubeObject): Promise<string | null> {
  const response = await mesh.request(pod);
  await response.text();
  return response.headers.get("x-hello");
}

function interruption(): Promise<never> {
  return new Promise((_, reject) => {
    interrupted.signal.addEventListener("abort", () => reject(new Error("interrupted")), { once: true });
  });
}

async function waitForInterrupt({ kube, app }: Mesh): Promise<void> {
  console.log(
    `\nStill running. Try:\n  export KUBECONFIG=${kube.kubeconfig}\n  kubectl get pods -A -o wide\n  kubectl get filterdeployments -A\n  curl -i http://POD_IP:${app.httpPort}/\nCtrl-C stops everything.`,
  );
  const timer = setInterval(() => {}, 1 << 30);
  await interruption().catch(() => {});
  clearInterval(timer);
}
