import { join } from "node:path";

/** The files and folders of a filter whose change means another module. */
export function filterSources(dir: string): string[] {
  return ["assembly", "asconfig.json", "filter.yaml", "config.schema.json"].map((name) => join(dir, name));
}
