// Built-ins of the AssemblyScript runtime that its own type definitions leave out; for editors only.
declare function __new(size: usize, id: u32): usize;
declare function __renew(ptr: usize, size: usize): usize;
declare function __collect(): void;
/** What the `minimal` runtime's heap holds, garbage included; named by the SDK's transform, in no other runtime. */
declare const __managed_bytes: usize;
