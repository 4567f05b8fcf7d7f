import { encodePairs } from "../../../sdk/host/headers/pairs.js";
import type { Behaviour, Block, Operand, Step } from "../script.js";
import { CALLBACK_NAMES } from "./callbacks.js";
import { CALL_NAMES, CALLS, type CallName } from "./calls.js";
import { MEMORY, ROOT_REGISTER, STREAM_REGISTER } from "./memory.js";

const EVERY_CALL = 0xffffffff;
const DEFAULT = 0xffffffff;
const BYTES = 0;
const WORD = 1;
const WIDE = 2;
const KEPT = 3;

/** The VM configuration that makes the probe behave so. It begins with eight letters, for scripts that read it. */
export function encodeProgram(does: Behaviour): Uint8Array {
  const program = new Program();
  const blocks = CALLBACK_NAMES.map((name): [number, number] => {
    const block = does[name];
    if (block === undefined) return [0, 0];
    if (!isList(block)) return [EVERY_CALL, program.words([program.block(block)])];
    return [block.length, program.words(block.map((one) => program.block(one)))];
  });
  return program.whole(blocks.flat());
}

const isList = (block: Block | readonly Block[]): block is readonly Block[] => Array.isArray(block);

class Program {
  private readonly parts: Buffer[] = [];
  private at = 8 + CALLBACK_NAMES.length * 8;
  private readonly placed = new Map<string, number>();
  private readonly registers = new Map([
    ["stream", STREAM_REGISTER],
    ["root", ROOT_REGISTER],
  ]);

  whole(table: readonly number[]): Uint8Array {
    return Buffer.concat([Buffer.from("judge-01"), encodeWords(table), ...this.parts]);
  }

  /** Where these words lie in the probe's memory. */
  words(list: readonly number[]): number {
    return this.place(encodeWords(list));
  }

  block({ steps = [], returns = DEFAULT }: Block): number {
    return this.words([returns, steps.length, ...steps.flatMap((step) => this.step(step))]);
  }

  private place(bytes: Buffer): number {
    const key = bytes.toString("latin1");
    const known = this.placed.get(key);
    if (known !== undefined) return known;
    const at = MEMORY.program + this.at;
    const padded = Buffer.concat([bytes, Buffer.alloc(-bytes.length & 7)]);
    this.placed.set(key, at);
    this.parts.push(padded);
    this.at += padded.length;
    return at;
  }

  private step(step: Step): number[] {
    if (step === "trap") return [CALL_NAMES.length, ...this.bytes(Buffer.from("trap")), 0, 0];
    const short = "call" in step ? step.call : step[0];
    const name = (short.startsWith("envoy_") ? short : `proxy_${short}`) as CallName;
    const door = CALL_NAMES.indexOf(name);
    const given = "call" in step ? ("raw" in step ? step.raw : step.operands) : (step.slice(1) as Operand[]);
    const label = this.bytes(Buffer.from(`${short}(${given.map(shown).join(",")})`, "latin1"));
    const keep = "keep" in step ? step.keep : undefined;
    const [operands, outputs] =
      "raw" in step ? [step.raw.map((value) => constant(value)), []] : this.plan(name, given, keep);
    return [door, ...label, operands.length, ...operands.flat(), outputs.length, ...outputs.flat()];
  }

  private plan(
    name: CallName,
    given: readonly Operand[],
    keep: string | undefined,
  ): [number[][], number[][]] {
    const operands: number[][] = [];
    const outputs: number[][] = [];
    let next = 0;
    let slot = MEMORY.out;
    const take = () => {
      const operand = given[next++];
      if (operand === undefined) throw new Error(`${name} lacks operand ${next}`);
      return operand;
    };
    for (const kind of CALLS[name]) {
      if (kind === "i" || kind === "I") operands.push(this.number(take()));
      else if (kind === "b" || kind === "p")
        for (const value of this.bytes(bytesOf(take()))) operands.push(constant(value));
      else if (kind === "B" || kind === "P") {
        operands.push(constant(slot), constant(slot + 8));
        outputs.push([BYTES, slot, 0]);
        slot += 16;
      } else {
        const register = keep !== undefined && kind === "W" ? this.register(keep) : undefined;
        operands.push(constant(slot));
        outputs.push([kind === "Q" ? WIDE : register === undefined ? WORD : KEPT, slot, register ?? 0]);
        slot += 8;
      }
    }
    if (next !== given.length) throw new Error(`${name} takes ${next} operands, not ${given.length}`);
    return [operands, outputs];
  }

  private bytes(bytes: Buffer): [number, number] {
    return [bytes.length === 0 ? 0 : this.place(bytes), bytes.length];
  }

  private number(operand: Operand): number[] {
    if (typeof operand === "object" && "kept" in operand) return [1, this.register(operand.kept), 0];
    return constant(operand as number | bigint);
  }

  private register(name: string): number {
    const known = this.registers.get(name);
    if (known !== undefined) return known;
    this.registers.set(name, this.registers.size);
    return this.registers.size - 1;
  }
}

function constant(value: number | bigint): number[] {
  const wide = BigInt.asUintN(64, BigInt(value));
  return [0, Number(wide & 0xffffffffn), Number(wide >> 32n)];
}

function bytesOf(operand: Operand): Buffer {
  if (typeof operand === "string") return Buffer.from(operand, "utf8");
  if (operand instanceof Uint8Array) return Buffer.from(operand);
  return Array.isArray(operand) ? encodePairs(operand) : Buffer.alloc(0);
}

function encodeWords(words: readonly number[]): Buffer {
  const bytes = Buffer.alloc(words.length * 4);
  words.forEach((word, index) => {
    bytes.writeUInt32LE(word >>> 0, index * 4);
  });
  return bytes;
}

const LONG = 48;

function shown(operand: Operand): string {
  if (typeof operand === "string") return cut(operand.replaceAll("\0", "."));
  if (operand instanceof Uint8Array) return `${operand.length} bytes`;
  if (Array.isArray(operand)) return cut(operand.map((pair: readonly string[]) => pair.join("=")).join("&"));
  return typeof operand === "object" ? (operand as { kept: string }).kept : String(operand);
}

const cut = (text: string) => (text.length > LONG ? `${text.slice(0, LONG)}…` : text);
