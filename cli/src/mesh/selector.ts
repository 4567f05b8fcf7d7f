import { MeshwasmError } from "../errors.js";

const namePattern =
  /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const valuePattern = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/;

/**
 * Reads `-l app=shop,version=v1`, given once or several times. Istio selects by equality only.
 *
 * @throws MeshwasmError USAGE
 */
export function parseSelector(texts: readonly string[]): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const part of texts.flatMap((text) => text.split(","))) {
    const at = part.indexOf("=");
    const [name, value] = [part.slice(0, at), part.slice(at + 1)];
    if (at < 0 || !namePattern.test(name) || !valuePattern.test(value)) {
      throw new MeshwasmError("USAGE", `-l ${part} is not LABEL=VALUE`, {
        hint: "Istio selects workloads by the equality of labels only",
      });
    }
    if (labels[name] !== undefined && labels[name] !== value) {
      throw new MeshwasmError("USAGE", `-l asks for two values of ${name}; no pod has both`);
    }
    labels[name] = value;
  }
  return labels;
}
