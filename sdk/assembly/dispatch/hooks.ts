// What parts of the SDK must do at certain moments. They ask for it when they are first used, so that a module that does
// not use them does not import what they call. Objects and not functions: functions need a table, which is kept with all
// that is in it, while the moment of a list that nothing ever joins is dropped.

/** Something to do at a moment. */
export abstract class Hook {
  /** The one that was there before it. */
  before: Hook | null = null;

  /** The moment has come, for the context `id`. */
  abstract run(id: u32): void;
}

let atConfigure: Hook | null = null;
let atDelete: Hook | null = null;

/** Runs `hook` before each `onConfigure`. */
export function beforeConfigure(hook: Hook): void {
  hook.before = atConfigure;
  atConfigure = hook;
}

/** Runs `hook` with the number of each context that the host forgets, after its `onDelete`. */
export function afterDelete(hook: Hook): void {
  hook.before = atDelete;
  atDelete = hook;
}

/** A configuration has come for the context `id`. */
export function runBeforeConfigure(id: u32): void {
  let hook = atConfigure;
  while (hook) {
    hook.run(id);
    hook = hook.before;
  }
}

/** The context `id` is gone. */
export function runAfterDelete(id: u32): void {
  let hook = atDelete;
  while (hook) {
    hook.run(id);
    hook = hook.before;
  }
}
