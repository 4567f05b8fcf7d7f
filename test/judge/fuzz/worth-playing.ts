import { MeshwasmError } from "../../../sdk/host/errors.js";
import { playInHost } from "../engines/host.js";
import type { Result } from "../engines/result.js";
import type { Script } from "../script.js";
import { scriptId } from "../scripts/all.js";

/**
 * What the host makes of a random script; undefined when there is nothing to compare: it would crash Envoy, or a stream is
 * held back for ever and the client would wait.
 */
export function worthPlaying(script: Script): Result | undefined {
  let result: Result;
  try {
    result = playInHost(script, scriptId(script));
  } catch (error) {
    if (error instanceof MeshwasmError && error.code === "ENVOY_CRASH") return undefined;
    throw error;
  }
  const began = result.lines.filter((line) => /^>context_create\(\d+,[^0]/.test(line)).length;
  const ended = result.lines.filter((line) => line.startsWith(">delete(")).length;
  const trapped = JSON.stringify(script.does).includes('"trap"');
  const answered = script.connections !== undefined || result.client.every((client) => client !== null);
  // A dead VM says nothing of a stream's end.
  return (began === ended || trapped) && answered ? result : undefined;
}
