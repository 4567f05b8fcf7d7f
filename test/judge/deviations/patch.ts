import type { CallValue } from "../../../sdk/host/transcript.js";
import { Vm } from "../../../sdk/host/vm/vm.js";

/** Takes a planted deviation out again. */
export type Undo = () => void;

// biome-ignore lint/suspicious/noExplicitAny: a deviation reaches into what no interface shows.
type Any = any;

/** Puts another method in the place of a class's own; `original` is bound to the object. */
export function method(
  owner: { readonly prototype: object },
  name: string,
  replacement: (self: Any, original: (...args: Any[]) => Any, ...args: Any[]) => Any,
): Undo {
  const prototype = owner.prototype as Record<string, Any>;
  const original = prototype[name] as (...args: Any[]) => Any;
  if (typeof original !== "function") throw new Error(`there is no method ${name} to plant a deviation in`);
  prototype[name] = function (this: Any, ...args: Any[]) {
    return replacement(this, original.bind(this), ...args);
  };
  return () => {
    prototype[name] = original;
  };
}

/** Every hostcall's status goes through here: a hostcall gives `to` where it should give `from`. */
export const status = (
  call: string,
  from: number,
  to: number,
  when: (args: readonly CallValue[]) => boolean = () => true,
): Undo =>
  method(Vm, "record", (_, original, context, name, args, result, output) =>
    original(context, name, args, name === call && result === from && when(args) ? to : result, output),
  );

/** Every callback goes through here; `change` may leave it out, or call it with something else. */
export const callback = (
  name: string | RegExp,
  change: (original: (...args: Any[]) => number, vm: Any, context: Any, ...args: Any[]) => number,
): Undo =>
  method(Vm, "call", (vm, original, context, called, ...args) =>
    (typeof name === "string" ? called === name : name.test(called))
      ? change((...given) => original(context, called, ...given), vm, context, ...args)
      : original(context, called, ...args),
  );
