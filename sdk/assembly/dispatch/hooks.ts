// What parts of the SDK must do at certain moments. They ask for it when they are first used, so that a module that does
// not use them does not import what they call.

const atConfigure: (() => void)[] = [];
const atDelete: ((id: u32) => void)[] = [];

/** Calls `action` before each `onConfigure`. */
export function beforeConfigure(action: () => void): void {
  atConfigure.push(action);
}

/** Calls `action` with the number of each context that the host forgets, after its `onDelete`. */
export function afterDelete(action: (id: u32) => void): void {
  atDelete.push(action);
}

/** A configuration has come. */
export function runBeforeConfigure(): void {
  for (let i = 0; i < atConfigure.length; i++) atConfigure[i]();
}

/** The context `id` is gone. */
export function runAfterDelete(id: u32): void {
  for (let i = 0; i < atDelete.length; i++) atDelete[i](id);
}
