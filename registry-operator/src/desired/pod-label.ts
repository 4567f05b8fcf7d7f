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
  /** An Envoy was seen to take `wanted`. */
  proven: boolean;
  /** Its Envoy has taken some content of the slot. */
  took: boolean;
  /** Another Envoy tries `wanted` out; this one need not begin with anything yet. */
  waits: boolean;
}

/**
 * The value of the label that chooses a filter's content on a pod; undefined: none, so a new pod is held unready.
 *
 * A revision is named only where its file can be read. Until then a running pod keeps what it has, and a new one gets the
 * last good revision, else the content that does nothing where the filter is fail-open.
 *
 * An Envoy that refuses a content keeps the one before; when it refuses the first one of a slot, it answers every request
 * with 500, unless the slot is fail-open. So the first one is one that is taken: the last good revision, or, of a filter
 * that never ran anywhere, the one that does nothing. There one Envoy begins, and the others get what it has shown to be
 * taken.
 */
export function labelFor({
  current,
  wanted,
  lastGood,
  served,
  readable,
  failOpen,
  proven,
  took,
  waits,
}: LabelInput): string | undefined {
  const ready = (value: string) => served(value) && (value === noop || readable(value));
  if (wanted !== undefined && ready(wanted)) {
    if (wanted === noop || wanted === current || proven || took || failOpen) return wanted;
    if (current !== undefined && ready(current)) return current;
    if (lastGood !== undefined && ready(lastGood)) return lastGood;
    if (lastGood !== undefined || !served(noop)) return wanted;
    return waits ? undefined : noop;
  }
  if (current !== undefined && served(current)) return current;
  if (lastGood !== undefined && ready(lastGood)) return lastGood;
  return failOpen && served(noop) ? noop : undefined;
}
