import type { Context } from "../contexts/context.js";
import { WasmResult } from "../status.js";
import { type CelProgram, compileCel } from "./cel.js";

const { BadArgument, NotFound } = WasmResult;

/** The CEL programs of one root context, by token. Envoy counts tokens from 0, those of expressions that do not compile too. */
class Expressions {
  private readonly programs = new Map<number, CelProgram>();
  private next = 0;

  create(source: string): number | undefined {
    const program = compileCel(source);
    if (program === "parse") return undefined;
    const token = this.next++;
    if (program === "compile") return undefined;
    this.programs.set(token, program);
    return token;
  }

  get(token: number): CelProgram | undefined {
    return this.programs.get(token);
  }

  delete(token: number): void {
    this.programs.delete(token);
  }
}

const byRoot = new WeakMap<Context, Expressions>();

function expressionsOf(current: Context): Expressions {
  const root = current.vm.contexts.get(current.rootId) ?? current;
  let expressions = byRoot.get(root);
  if (expressions === undefined) {
    expressions = new Expressions();
    byRoot.set(root, expressions);
  }
  return expressions;
}

/** `expr_create`: the token, as four bytes. */
export function createExpression(argument: Buffer, current: Context): Buffer | number {
  const token = expressionsOf(current).create(argument.toString("utf8"));
  if (token === undefined) return BadArgument;
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(token);
  return bytes;
}

/** `expr_evaluate`: the value for the context whose callback runs. */
export function evaluateExpression(argument: Buffer, current: Context): Buffer | number {
  if (argument.length !== 4) return BadArgument;
  const program = expressionsOf(current).get(argument.readUInt32LE());
  if (program === undefined) return NotFound;
  const value = program(current);
  return typeof value === "number" ? value : Buffer.from(value, "latin1");
}

/** `expr_delete`: Ok also for a token that is not there. */
export function deleteExpression(argument: Buffer, current: Context): number | undefined {
  if (argument.length !== 4) return BadArgument;
  expressionsOf(current).delete(argument.readUInt32LE());
  return undefined;
}
