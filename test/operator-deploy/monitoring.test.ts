import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { parser } from "@prometheus-io/lezer-promql";
import { parse } from "yaml";
import type { FilterDeployment } from "../../registry-operator/src/api/filter-deployment.js";
import { Metrics } from "../../registry-operator/src/metrics/metrics.js";
import { root } from "../rules/workspaces.js";

const folder = join(root, "registry-operator", "monitoring");
const read = (name: string) => readFile(join(folder, name), "utf8");

interface Rule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; description: string };
}

const rules: Rule[] = parse(await read("rules.yaml")).spec.groups.flatMap(
  ({ rules }: { rules: Rule[] }) => rules,
);
interface Panel {
  title: string;
  targets: { expr: string }[];
  gridPos: { x: number; y: number; w: number; h: number };
}
const dashboard: { panels: Panel[]; templating: { list: { name: string }[] } } = JSON.parse(
  await read("dashboard.json"),
);
const expressions = [
  ...rules.map(({ alert, expr }) => ({ name: alert, expr })),
  ...dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ name: title, expr }))),
];

/** A filter whose status says that. */
function filter(name: string, ready?: string, workloads = {}): FilterDeployment {
  const condition = { type: "Ready", message: "", lastTransitionTime: "" };
  const conditions = ready === undefined ? [] : [{ ...condition, status: ready, reason: `Because${ready}` }];
  return {
    metadata: { namespace: "shop", name },
    status: { conditions, workloads },
  } as unknown as FilterDeployment;
}

async function exposed(filters: FilterDeployment[]): Promise<string> {
  const metrics = new Metrics({ leading: () => true, filters: () => filters, depth: () => 0 });
  metrics.request("GET", "pods", 200);
  metrics.observer.reconciled(0.1, false);
  return metrics.registry.metrics();
}

test("a filter's status and pods are series of their own, and go with it", async () => {
  const filters = [filter("one", "True", { matched: 3, ready: 2 }), filter("two")];
  const text = await exposed(filters);
  for (const line of [
    'meshwasm_filter_status{namespace="shop",name="one",status="True",reason="BecauseTrue"} 1',
    'meshwasm_filter_status{namespace="shop",name="two",status="Unknown",reason="NotYet"} 1',
    'meshwasm_filter_pods{namespace="shop",name="one",state="matched"} 3',
    'meshwasm_filter_pods{namespace="shop",name="one",state="ready"} 2',
    'meshwasm_filter_pods{namespace="shop",name="two",state="programmed"} 0',
    "meshwasm_filter_deployments 2",
  ]) {
    assert.ok(text.split("\n").includes(line), `${line}\n${text}`);
  }
  filters[0] = filter("one", "False");
  const later = await exposed(filters);
  assert.equal(later.match(/^meshwasm_filter_status\{.*name="one"/gm)?.length, 1, later);
});

test("every expression is PromQL, over metrics and labels that the operator has", async () => {
  const text = await exposed([filter("one", "True")]);
  assert.ok(expressions.length > 20);
  for (const { name, expr } of expressions) {
    const wrong = problems(expr, labelsByMetric(text));
    assert.deepEqual(wrong, [], `${name}: ${expr}`);
  }
});

test("what is wrong in an expression is found", () => {
  const known = new Map([["up", new Set(["job"])]]);
  assert.deepEqual(problems('sum(up{job="a"}) > 0', known), []);
  for (const expr of ["sum(up", "up{job=}", "down", 'up{pod="a"}', "sum by (pod) (up)"]) {
    assert.notDeepEqual(problems(expr, known), [], expr);
  }
});

test("every alert says how bad it is and what it means, and the guide says what to do", async () => {
  const guide = await readFile(join(root, "cli", "docs", "operating.md"), "utf8");
  for (const { alert, labels, annotations } of rules) {
    assert.match(labels.severity, /^(?:critical|warning)$/, alert);
    assert.ok(annotations.summary && annotations.description, alert);
    assert.ok(guide.includes(`\`${alert}\``), `${alert} is not in cli/docs/operating.md`);
  }
});

test("the panels do not overlap, and every file is in the kustomization", async () => {
  const cells = new Set<string>();
  for (const { title, gridPos } of dashboard.panels) {
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        assert.ok(x < 24 && !cells.has(`${x} ${y}`), title);
        cells.add(`${x} ${y}`);
      }
    }
  }
  const kustomization = await read("kustomization.yaml");
  for (const name of await readdir(folder)) {
    assert.ok(name === "kustomization.yaml" || kustomization.includes(name), name);
  }
});

/** Label names by metric of a page of metrics. */
function labelsByMetric(text: string): Map<string, Set<string>> {
  const known = new Map<string, Set<string>>();
  for (const [, name = "", labels = ""] of text.matchAll(/^([a-z_]+)(?:\{(.*)\})? /gm)) {
    const names = [...labels.matchAll(/([a-z_]+)="/g)].map(([, label = ""]) => label);
    // Prometheus adds the name of the pod that it asks.
    known.set(name, new Set([...(known.get(name) ?? []), ...names, "pod"]));
  }
  return known;
}

/** Grafana's variables are texts to PromQL, but for an interval. */
function problems(expr: string, known: Map<string, Set<string>>): string[] {
  const text = expr.replaceAll("$__rate_interval", "5m");
  const found: string[] = [];
  const labels = new Set([...known.values()].flatMap((names) => [...names]));
  let metric = "";
  parser.parse(text).iterate({
    enter: ({ name, type, from, to }) => {
      const written = text.slice(from, to);
      if (type.isError) found.push(`no PromQL at ${from}: ${text.slice(from, from + 20)}`);
      if (name === "VectorSelector") metric = /^[a-z_:]+/.exec(written)?.[0] ?? "";
      if (name === "VectorSelector" && !known.has(metric)) found.push(`no metric ${metric}`);
      if (name !== "LabelName") return;
      const isMatcher = text.slice(to).match(/^\s*(?:=|!)/);
      const has = isMatcher ? known.get(metric)?.has(written) : labels.has(written);
      if (!has) found.push(`${metric} has no label ${written}`);
    },
  });
  return found;
}
