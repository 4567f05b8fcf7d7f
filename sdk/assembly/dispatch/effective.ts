import { Status } from "../abi";
import { setEffectiveContext } from "../hostcalls/effective-context";

/** The context that hostcalls act on at the moment; the host sets it for each callback. */
let effective: u32 = 0;

/** A callback on the context `id` begins. Returns what `endCallback` needs: the context that was in effect before. */
export function beginCallback(id: u32): u32 {
  const before = effective;
  effective = id;
  return before;
}

/** A callback ends: the host puts the context back that was in effect before it, which matters where callbacks nest. */
export function endCallback(before: u32): void {
  effective = before;
}

/**
 * Makes the hostcalls that follow act on the context `id`, where they do not already. `BadArgument`: there is no such
 * context any more, and what follows must not be done, since it would act on another one.
 */
export function actOn(id: u32): Status {
  if (effective == id) return Status.Ok;
  // To the host, 0 is not a context but "whichever callback runs".
  if (id == 0) return Status.BadArgument;
  const status = setEffectiveContext(id);
  if (status == Status.Ok) effective = id;
  return status;
}
