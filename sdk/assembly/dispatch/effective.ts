import { setEffectiveContext } from "../hostcalls/effective-context";

/** The context that hostcalls act on at the moment; the host sets it for each callback. */
let effective: u32 = 0;

/** A callback on the context `id` begins. */
export function beginCallback(id: u32): void {
  effective = id;
}

/** Makes the hostcalls that follow act on the context `id`, where they do not already. */
export function actOn(id: u32): void {
  if (effective == id) return;
  setEffectiveContext(id);
  effective = id;
}
