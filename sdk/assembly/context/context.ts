/** Which callbacks a context can take; checked before a context is used as one of its kind. */
export enum ContextKind {
  Root = 0,
  Http = 1,
  Network = 2,
}

/** One side of a conversation with Envoy: the plugin itself (root) or one stream of it. */
export abstract class Context {
  /** The number that Envoy knows it by; set before any callback runs. */
  id: u32 = 0;

  constructor(readonly kind: ContextKind) {}

  /** The stream or the plugin is finished: its state may still be read, and it is deleted next. */
  onDone(): void {}

  /** The access-log phase: headers can be read and not changed. */
  onLog(): void {}

  /** The last callback: Envoy forgets this context when it returns. */
  onDelete(): void {}
}
