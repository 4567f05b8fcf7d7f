import type { Reader } from "./reader.js";

/** What matters of an instruction to whoever counts what runs. */
export type InstructionKind = "loop" | "call" | "other";

/**
 * Passes over one instruction and what belongs to it. Follows the binary format's tables of WebAssembly 2.0 with SIMD, threads,
 * tail calls and exceptions. https://webassembly.github.io/spec/core/binary/instructions.html
 *
 * @throws RangeError for an instruction that is not known, and at the end of the code
 */
export function skipInstruction(code: Reader): InstructionKind {
  const opcode = code.byte();
  if (opcode <= 0x1f) return skipControl(code, opcode);
  if (opcode <= 0x26) code.skipNumbers(1);
  else if (opcode >= 0x28 && opcode <= 0x3e) skipMemoryArgument(code);
  else if (opcode >= 0x3f && opcode <= 0x42) code.skipNumbers(1);
  else if (opcode === 0x43) code.skip(4);
  else if (opcode === 0x44) code.skip(8);
  else if (opcode === 0xd0 || opcode === 0xd2) code.skipNumbers(1);
  else if (opcode === 0xfc) skipBulk(code);
  else if (opcode === 0xfd) skipSimd(code);
  else if (opcode === 0xfe) skipAtomic(code);
  else if (opcode < 0x45 || (opcode > 0xc4 && opcode !== 0xd1)) throw unknown(opcode);
  return "other";
}

const unknown = (opcode: number) => new RangeError(`unknown instruction 0x${opcode.toString(16)}`);

// Opcodes that belong to calls, and how many numbers follow.
const CALLS: Readonly<Record<number, number>> = { 16: 1, 17: 2, 18: 1, 19: 2, 20: 1, 21: 1 };
// Those of the other control instructions with nothing but numbers behind them.
const NUMBERS: Readonly<Record<number, number>> = {
  ...{ 0: 0, 1: 0, 5: 0, 7: 1, 8: 1, 9: 1, 10: 0, 11: 0, 12: 1, 13: 1, 15: 0 },
  ...{ 24: 1, 25: 0, 26: 0, 27: 0 },
};

function skipControl(code: Reader, opcode: number): InstructionKind {
  const ofCall = CALLS[opcode];
  if (ofCall !== undefined) {
    code.skipNumbers(ofCall);
    return "call";
  }
  const numbers = NUMBERS[opcode];
  if (numbers !== undefined) code.skipNumbers(numbers);
  else if (opcode >= 0x02 && opcode <= 0x06) skipType(code);
  else if (opcode === 0x0e) code.skipNumbers(code.varint() + 1);
  else if (opcode === 0x1c) for (let left = code.varint(); left > 0; left--) skipType(code);
  else if (opcode === 0x1f) {
    skipType(code);
    for (let left = code.varint(); left > 0; left--) code.skipNumbers(code.byte() < 2 ? 2 : 1);
  } else throw unknown(opcode);
  return opcode === 0x03 ? "loop" : "other";
}

// A block's type and a value's type: one number, and one more after `ref` and `ref null`.
function skipType(code: Reader): void {
  const first = code.byte();
  if (first === 0x63 || first === 0x64 || first >= 0x80) code.skipNumbers(1);
}

function skipMemoryArgument(code: Reader): void {
  const flags = code.varint();
  code.skipNumbers(flags & 0x40 ? 2 : 1);
}

function skipBulk(code: Reader): void {
  const opcode = code.varint();
  if (opcode > 17) throw unknown(opcode);
  if (opcode >= 8) code.skipNumbers([2, 1, 2, 1, 2, 1, 2, 1, 1, 1][opcode - 8]!);
}

function skipSimd(code: Reader): void {
  const opcode = code.varint();
  if (opcode <= 11 || opcode === 92 || opcode === 93) skipMemoryArgument(code);
  else if (opcode === 12 || opcode === 13) code.skip(16);
  else if (opcode >= 21 && opcode <= 34) code.skip(1);
  else if (opcode >= 84 && opcode <= 91) {
    skipMemoryArgument(code);
    code.skip(1);
  } else if (opcode > 0x113) throw unknown(opcode);
}

function skipAtomic(code: Reader): void {
  if (code.varint() === 3) code.skip(1);
  else skipMemoryArgument(code);
}
