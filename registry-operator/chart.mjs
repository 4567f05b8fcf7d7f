// Makes the chart's templates and files of deploy/, crds/ and monitoring/, so that there is one place to change.
// Usage: node chart.mjs [--check]   With --check nothing is written; exit code 1: something is stale.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = dirname(fileURLToPath(import.meta.url));
const head = "# Made by: npm run generate. Do not edit.";
const image = "registry.example.com/meshwasm/operator:0.1.0";
const indented = (value, spaces) => `{{- toYaml ${value} | nindent ${spaces} }}`;
const optional = (name, value, spaces) =>
  `${" ".repeat(spaces)}{{- with ${value} }}\n${" ".repeat(spaces)}${name}: ${indented(".", spaces + 2)}\n${" ".repeat(spaces)}{{- end }}\n`;

/** What of a pod template is the installer's to choose. */
function podTemplate(component, more) {
  const values = `.Values.${component}`;
  return [
    [image, '{{ include "meshwasm.image" . }}'],
    [/( +)resources:\n +requests:.*\n +limits:.*\n/, `$1resources: ${indented(`${values}.resources`, 12)}\n`],
    [
      '        sidecar.istio.io/inject: "false"\n',
      `$&        {{- with ${values}.podAnnotations }}\n        ${indented(".", 8)}\n        {{- end }}\n`,
    ],
    [
      / {6}serviceAccountName: .*\n/,
      `$&${optional("imagePullSecrets", ".Values.imagePullSecrets", 6)}${optional("nodeSelector", `${values}.nodeSelector`, 6)}`,
    ],
    ...more,
  ];
}

/** How a manifest becomes a template: each pattern is there exactly once. */
const changes = {
  "operator.yaml": podTemplate("operator", [
    ["--root-namespace=istio-system", "--root-namespace={{ .Values.rootNamespace }}"],
    [
      "      terminationGracePeriodSeconds: 30\n",
      `$&${optional("tolerations", ".Values.operator.tolerations", 6)}${optional("affinity", ".Values.operator.affinity", 6)}`,
    ],
  ]),
  "agent.yaml": podTemplate("agent", [
    [
      / +# Wherever a sidecar may run.*\n +tolerations:\n +- operator: Exists\n/,
      optional("tolerations", ".Values.agent.tolerations", 6),
    ],
  ]),
};

/** What need not be installed. */
const conditions = {
  "webhook.yaml": ".Values.webhook.enabled",
  "pod-webhook.yaml": ".Values.podWebhook.enabled",
};

/** Paths in the chart and what they hold. */
export async function chartFiles() {
  const files = new Map();
  for (const name of await yamlFiles("deploy")) {
    if (name === "namespace.yaml") continue;
    const text = (changes[name] ?? []).reduce(
      (all, [from, to]) => replacedOnce(all, from, to, name),
      await readFile(join(folder, "deploy", name), "utf8"),
    );
    files.set(`templates/${name}`, within(conditions[name], text));
  }
  for (const name of await yamlFiles("crds")) {
    const text = await readFile(join(folder, "crds", name), "utf8");
    const kept = "  annotations:\n    helm.sh/resource-policy: keep\n";
    const annotated = replacedOnce(text, /^metadata:\n {2}name: .*\n/m, `$&${kept}`, name);
    files.set(`templates/crd-${name}`, within(".Values.crds.install", annotated));
  }
  for (const name of ["pod-monitor.yaml", "rules.yaml", "dashboard.json"]) {
    files.set(`files/${name}`, await readFile(join(folder, "monitoring", name), "utf8"));
  }
  return files;
}

async function yamlFiles(part) {
  const names = await readdir(join(folder, part));
  return names.filter((name) => name.endsWith(".yaml") && name !== "kustomization.yaml").sort();
}

function replacedOnce(text, from, to, name) {
  const pattern = from instanceof RegExp ? from.source : from.replace(/[^\w\s]/g, "\\$&");
  const count = [...text.matchAll(new RegExp(pattern, "gm"))].length;
  if (count !== 1) throw new Error(`${name} holds ${from} ${count} times, not once: change chart.mjs too`);
  return text.replace(from, to);
}

function within(condition, text) {
  const body = `${head}\n${text.replace(/^---\n/, "").trimEnd()}\n`;
  return condition === undefined ? body : `{{- if ${condition} }}\n${body}{{- end }}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const isCheck = process.argv.includes("--check");
  for (const [name, text] of await chartFiles()) {
    const path = join(folder, "chart", name);
    if ((await readFile(path, "utf8").catch(() => "")) === text) continue;
    if (isCheck) {
      console.error(`registry-operator/chart/${name} is stale: npm run generate`);
      process.exitCode = 1;
      continue;
    }
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}
