import { noop } from "../api/names.js";

/** What a pod's label depends on. */
export interface LabelInput {
  /** The label's value now; undefined: it has none. */
  current: string | undefined;
  /** The revision that it shall run, or `noop`; undefined: nothing was ever ready to run. */
  wanted: string | undefined;
  /** The revision that was in force before `wanted`; undefined: none. */
  lastGood: string | undefined;
  /** Whether there is content for a value. */
  served: (value: string) => boolean;
  /** Whether the module of a revision is on the pod's node and the pod's Envoy can read it there. */
  readable: (revision: string) => boolean;
  /** The pod may serve without the filter. */
  failOpen: boolean;
}

/**
 * The value of the label that chooses a filter's content on a pod; undefined: none, so a new pod is held unready.
 *
 * A revision is named only where its file can be read. Until then a running pod keeps what it has, and a new one gets the
 * last good revision, else the content that does nothing where the filter is fail-open.
 */
export function labelFor({
  current,
  wanted,
  lastGood,
  served,
  readable,
  failOpen,
}: LabelInput): string | undefined {
  const ready = (value: string) => served(value) && (value === noop || readable(value));
  if (wanted !== undefined && ready(wanted)) return wanted;
  if (current !== undefined && served(current)) return current;
  if (lastGood !== undefined && ready(lastGood)) return lastGood;
  return failOpen && served(noop) ? noop : undefined;
}
