import { noop } from "../api/names.js";
import type { KnownContent } from "./envoy-filter.js";

/**
 * The contents that nothing needs any more: no pod carries their value, and they are not in force. The content that does
 * nothing stays as long as the slot.
 *
 * @param carried values of the label on pods, on those that are being deleted too
 * @param inForce the revision that pods shall have, and the last good one
 */
export function unneededContents(
  contents: readonly KnownContent[],
  carried: ReadonlySet<string>,
  inForce: ReadonlySet<string>,
): KnownContent[] {
  return contents.filter(({ value }) => value !== noop && !carried.has(value) && !inForce.has(value));
}
