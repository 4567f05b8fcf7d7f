import { randomFillSync } from "node:crypto";
import { WASI } from "../module/signatures.js";
import type { Vm } from "../vm/vm.js";
import type { Hostcalls } from "./imports.js";

const SUCCESS = 0;
const BADF = 8;
const FAULT = 21;
const INVAL = 28;
const NOENT = 44;
const NOSYS = 52;
const NOTSUP = 58;
const NOTDIR = 20;

const MAX_RANDOM_BYTES = 64 * 1024;
const LOG_LEVEL_OF_FD: Readonly<Record<number, number>> = { 1: 2, 2: 4 };

/** Calls that Envoy answers with one fixed number, whatever the arguments. */
const FIXED: Readonly<Record<string, number>> = {
  path_open: NOENT,
  fd_prestat_get: BADF,
  fd_prestat_dir_name: NOSYS,
  fd_filestat_get: BADF,
  fd_read: NOSYS,
  fd_seek: SUCCESS,
  fd_close: SUCCESS,
  path_filestat_get: NOTSUP,
  fd_fdstat_set_flags: NOSYS,
  args_get: SUCCESS,
  fd_advise: SUCCESS,
  fd_pread: NOSYS,
  sched_yield: SUCCESS,
};

/** Calls that succeed on stdout and stderr without doing anything, and know no other descriptor. */
const ONLY_STDIO = [
  "fd_allocate",
  "fd_datasync",
  "fd_filestat_set_size",
  "fd_filestat_set_times",
  "fd_sync",
  "fd_fdstat_set_rights",
];

/** WASI as Envoy offers it: output goes to the log, there are clocks and random bytes, and no files. */
export function wasiHostcalls(vm: Vm): Hostcalls {
  const writeWords = (...words: [pointer: number, value: number][]) =>
    words.every(([pointer, value]) => vm.memory.writeU32(pointer, value)) ? SUCCESS : FAULT;

  // Logs what the vectors hold; the number of bytes, or undefined for a vector out of bounds.
  const logVectors = (level: number, vectors: number, count: number): number | undefined => {
    let text = "";
    for (let index = 0; index < count >>> 0; index++) {
      const at = (vectors >>> 0) + index * 8;
      if (at > 0xffffffff) return undefined;
      const pointer = vm.memory.readU32(at);
      const size = vm.memory.readU32(at + 4);
      const part = pointer === undefined || size === undefined ? undefined : vm.memory.text(pointer, size);
      if (part === undefined) return undefined;
      text += part;
    }
    const context = vm.enter("fd_write");
    if (text !== "") context.log(level, text.endsWith("\n") ? text.slice(0, -1) : text);
    return text.length;
  };

  const write = (fd: number, vectors: number, count: number, writtenTo: number): number => {
    const level = LOG_LEVEL_OF_FD[fd];
    if (level === undefined) return BADF;
    const written = logVectors(level, vectors, count);
    return written === undefined ? FAULT : writeWords([writtenTo, written]);
  };

  const calls: Hostcalls = {
    fd_write: write,
    fd_pwrite: (fd: number, vectors: number, count: number, _offset: bigint, writtenTo: number) =>
      write(fd, vectors, count, writtenTo),
    fd_fdstat_get(fd: number, statTo: number): number {
      if (fd !== 1 && fd !== 2) return BADF;
      const stat = Buffer.alloc(24);
      stat.writeBigUInt64LE(64n, 8);
      vm.memory.write(statTo, stat);
      return SUCCESS;
    },
    fd_readdir: (_fd: number, _at: number, _size: number, _cookie: bigint, readTo: number) =>
      writeWords([readTo, 0]) || NOTDIR,
    fd_renumber: (fd: number, to: number) =>
      (fd === 1 || fd === 2) && (to === 1 || to === 2) ? NOTSUP : BADF,
    fd_tell(fd: number, offsetTo: number): number {
      if (fd !== 1 && fd !== 2) return BADF;
      return vm.memory.writeU64(offsetTo, 0n) ? SUCCESS : FAULT;
    },
    path_readlink: (_fd: number, _path: number, _size: number, _at: number, _room: number, readTo: number) =>
      writeWords([readTo, 0]) || NOTSUP,
    sock_accept: (_fd: number, _flags: number, fdTo: number) => writeWords([fdTo, 0]) || NOTSUP,
    sock_recv: (_fd: number, _at: number, _count: number, _flags: number, readTo: number, flagsTo: number) =>
      writeWords([readTo, 0]) || (vm.memory.write(flagsTo, Buffer.alloc(2)) ? NOTSUP : FAULT),
    sock_send: (_fd: number, _at: number, _count: number, _flags: number, sentTo: number) =>
      writeWords([sentTo, 0]) || NOTSUP,
    environ_sizes_get(countTo: number, sizeTo: number): number {
      let size = 0;
      for (const entry of environment(vm)) size += entry.length;
      return writeWords([countTo, vm.world.environment.size], [sizeTo, size]);
    },
    environ_get(pointersTo: number, bytesTo: number): number {
      let pointer = pointersTo >>> 0;
      let at = bytesTo >>> 0;
      for (const entry of environment(vm)) {
        if (!vm.memory.writeU32(pointer, at) || !vm.memory.write(at, entry)) return FAULT;
        pointer += 4;
        at += entry.length;
      }
      return SUCCESS;
    },
    args_sizes_get: (countTo: number, sizeTo: number) => writeWords([countTo, 0], [sizeTo, 0]),
    clock_time_get(clock: number, _precision: bigint, timeTo: number): number {
      if (clock !== 0 && clock !== 1) return NOTSUP;
      const { wallNanoseconds, monotonicNanoseconds } = vm.world.clock;
      return vm.memory.writeU64(timeTo, clock === 0 ? wallNanoseconds : monotonicNanoseconds)
        ? SUCCESS
        : FAULT;
    },
    clock_res_get(clock: number, resolutionTo: number): number {
      if (clock !== 0 && clock !== 1) return NOTSUP;
      return vm.memory.writeU64(resolutionTo, 1n) ? SUCCESS : FAULT;
    },
    random_get(pointer: number, size: number): number {
      if (size >>> 0 > MAX_RANDOM_BYTES) return INVAL;
      return vm.memory.write(pointer, randomFillSync(Buffer.alloc(size >>> 0))) ? SUCCESS : FAULT;
    },
    poll_oneoff: (_in: number, _out: number, _count: number, eventsTo: number) => writeWords([eventsTo, 0]),
    // Envoy's returns; the `unreachable` that compilers put after it is what ends the call.
    proc_exit: () => undefined,
  };

  for (const name of Object.keys(WASI)) {
    calls[name] ??= ONLY_STDIO.includes(name)
      ? (fd: number) => (fd === 1 || fd === 2 ? SUCCESS : BADF)
      : () => FIXED[name] ?? NOTSUP;
    calls[name] = guarded(vm, name, calls[name]);
  }
  return calls;
}

function guarded(vm: Vm, name: string, call: Hostcalls[string]): Hostcalls[string] {
  return (...args) => {
    const context = vm.enter(name);
    const result = call(...args);
    return result === undefined ? undefined : vm.record(context, name, args, result);
  };
}

function environment(vm: Vm): Buffer[] {
  return [...vm.world.environment].map(([name, value]) => Buffer.from(`${name}=${value}\0`));
}
