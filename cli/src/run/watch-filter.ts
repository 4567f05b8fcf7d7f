import { sep } from "node:path";
import { isMeshwasmError } from "../errors.js";
import { type Watching, watchPaths } from "../watch/watch-paths.js";
import type { Engine } from "./engine.js";
import { configFiles, loadPluginConfig } from "./plugin-config.js";
import { loadTarget, type Target, type TargetOptions, targetSources } from "./target.js";

interface Followed extends TargetOptions {
  path: string;
  config?: string;
}

/**
 * Builds again and updates the engine whenever the filter's sources or its configuration change. What does not build, does
 * not fit the schema or is refused by the engine is reported, and what ran goes on.
 *
 * @returns once the watch is in place
 */
export async function watchAndUpdate(
  options: Followed,
  first: Target,
  engine: Engine,
  report: { onInfo: (line: string) => void; onWarning: (line: string) => void },
): Promise<Watching> {
  let served = first;
  let config = (await loadPluginConfig(options.config, first.filter)).bytes;
  const sources = targetSources(first);
  const configs = configFiles(options.config, first.filter);
  /** Whether a change of the sources has not made it into the engine yet. */
  let pending = false;

  const update = async (paths: ReadonlySet<string>) => {
    pending ||= [...paths].some((path) => !configs.includes(path));
    const started = performance.now();
    try {
      const target = pending ? await loadTarget(options.path, options, report.onWarning) : served;
      if (target.kind !== served.kind || target.rootId !== served.rootId) {
        report.onWarning("kind or rootId changed: stop and start again for that");
        return;
      }
      const nextConfig = (await loadPluginConfig(options.config, target.filter)).bytes;
      const changed = [
        ...(target.sha256 === served.sha256 ? [] : [`module sha256:${target.sha256.slice(0, 12)}`]),
        ...(Buffer.from(nextConfig as string).equals(Buffer.from(config as string)) ? [] : ["configuration"]),
      ];
      if (changed.length > 0) await engine.update({ wasm: target.bytes, config: nextConfig });
      served = target;
      pending = false;
      config = nextConfig;
      const millis = Math.round(performance.now() - started);
      report.onInfo(changed.length > 0 ? `updated: ${changed.join(", ")} (${millis} ms)` : "nothing changed");
    } catch (error) {
      const words =
        isMeshwasmError(error) && error.hint
          ? `${error.message}\n${error.hint}`
          : String((error as Error).message);
      report.onWarning(`${words}\nthe filter that ran before goes on`);
    }
  };
  const ignored = (path: string) => path.includes(`${sep}__tests__`);
  return watchPaths([...sources, ...configs], update, { ignored });
}
