import { Literals, numberLiteral, quoted } from "./literals.js";
import type {
  ArrayShape,
  ClassShape,
  EnumShape,
  Field,
  MapShape,
  Model,
  NumberShape,
  Shape,
} from "./model.js";
import { canBeNull, typeOf } from "./types.js";

/** Lines longer than this are broken where the formatter of this project would. */
const width = 110;

/** The AssemblyScript source of a model; `header` goes before it. */
export function emit(model: Model, header: string): string {
  const literals = new Literals();
  const [config, ...others] = model.classes;
  const parts = [
    emitClass(config!, literals, true),
    ...others.map((shape) => emitClass(shape, literals, false)),
    ...model.enums.map(emitEnum),
    ...model.collections.map((shape) => (shape.kind === "array" ? emitArray(shape) : emitMap(shape))),
  ].map((lines) => lines.join("\n"));
  const body = [...parts, ...literals.functions].join("\n\n");
  const names = ["ConfigReader", ...(/\bJson\b/.test(body) ? ["Json"] : []), "PluginConfiguration"];
  const from = `import { ${names.join(", ")} } from "@meshwasm/sdk/assembly";`;
  return `${header}\n${from}\n\n${body}\n`;
}

function emitClass(shape: ClassShape, literals: Literals, isRoot: boolean): string[] {
  const { name, fields, others } = shape;
  const declared = fields.flatMap((field) => declare(field, literals));
  if (others) {
    const type = `Map<string, ${typeOf(others.shape)}>`;
    declared.push("/** The members with any other name. */", `${others.field}: ${type} = new ${type}();`);
  }
  return [
    ...doc(shape.doc || (isRoot ? "The plugin's configuration." : "")),
    `export class ${name} {`,
    ...indent(declared),
    ...(declared.length > 0 ? [""] : []),
    ...(isRoot ? [...indent(readMethod(shape)), ""] : []),
    ...indent(fromMethod(shape)),
    "}",
  ];
}

function declare(field: Field, literals: Literals): string[] {
  const type = canBeNull(field) ? nullable(typeOf(field.shape)) : typeOf(field.shape);
  const lines = [...doc(field.doc), `${field.name}: ${type} = ${literals.initial(field)};`];
  if (field.has) {
    const has = field.fallback !== undefined && field.fallback !== null;
    lines.push(`/** Whether there is a \`${field.property}\`. */`, `${field.has}: bool = ${has};`);
  }
  return lines;
}

function nullable(type: string): string {
  return type.endsWith("[]") ? `Array<${type.slice(0, -2)}> | null` : `${type} | null`;
}

function readMethod({ name, fields, others }: ClassShape): string[] {
  const names = fields.flatMap((field) => [field.name, ...(field.has ? [field.has] : [])]);
  if (others) names.push(others.field);
  return [
    "/** Takes a configuration over. One that does not fit is logged in a line: false, and all stays as it was. */",
    "read(configuration: PluginConfiguration): bool {",
    "  const reader = new ConfigReader(configuration.json());",
    `  const found = ${name}.from(reader);`,
    "  if (!reader.report()) return false;",
    ...names.map((each) => `  this.${each} = found.${each};`),
    "  return true;",
    "}",
  ];
}

function fromMethod(shape: ClassShape): string[] {
  const { name, fields, closed, others } = shape;
  const names = fields.map(({ property }) => quoted(property));
  const lines = ["if (!reader.object()) return value;"];
  if (closed) lines.push(...withList("reader.only(", names, ");"));
  for (const field of fields) lines.push(...readField(field));
  if (others) {
    lines.push(
      ...withList("const members = reader.others(", names, ");"),
      "const names = members.keys();",
      "for (let i = 0; i < names.length; i++) {",
      "  reader.enterMember(names[i], members.get(names[i]));",
      `  value.${others.field}.set(names[i], ${read(others.shape)});`,
      ...indent(checks(others.shape)),
      "  reader.leave();",
      "}",
    );
  }
  return [
    "/** What a reader stands on. What does not fit is the reader's `error`. */",
    `static from(reader: ConfigReader): ${name} {`,
    `  const value = new ${name}();`,
    ...indent(lines),
    "  return value;",
    "}",
  ];
}

function readField(field: Field): string[] {
  const { name, shape, required, nullable: allowsNull, has } = field;
  // Missing is an error only where no default stands in.
  const isRequired = required && field.fallback === undefined;
  const taken = [
    `value.${name} = ${read(shape)};`,
    ...checks(shape),
    ...(has ? [`value.${has} = true;`] : []),
  ];
  const isNull = has ? [`value.${has} = false;`] : [`value.${name} = null;`];
  const body =
    allowsNull && shape.kind !== "json"
      ? ["if (reader.isNull) {", ...indent(isNull), "} else {", ...indent(taken), "}"]
      : taken;
  return [
    `if (reader.enter(${quoted(field.property)}, ${isRequired})) {`,
    ...indent(body),
    "  reader.leave();",
    "}",
  ];
}

function emitEnum({ name, doc: words, values, members }: EnumShape): string[] {
  return [
    ...doc(words),
    `export enum ${name} {`,
    ...values.flatMap((value, index) => [`  /** \`${safe(value)}\` */`, `  ${members[index]},`]),
    "}",
  ];
}

function emitArray(shape: ArrayShape): string[] {
  const { items, count, unique } = shape;
  const type = typeOf(shape);
  const distinct = items.kind === "string" ? "distinctTexts" : "distinctNumbers";
  return [
    `function ${shape.reader}(reader: ConfigReader): ${type} {`,
    `  const list: ${type} = [];`,
    "  const items = reader.items();",
    ...indent(limitCheck("entries", count.min, count.max)),
    "  for (let i = 0; i < items.length; i++) {",
    "    reader.enterItem(i, items[i]);",
    `    list.push(${read(items)});`,
    ...indent(indent(checks(items))),
    "    reader.leave();",
    "  }",
    ...(unique ? [`  reader.${distinct}(list);`] : []),
    "  return list;",
    "}",
  ];
}

function emitMap(shape: MapShape): string[] {
  const type = typeOf(shape);
  return [
    `function ${shape.reader}(reader: ConfigReader): ${type} {`,
    `  const map = new ${type}();`,
    "  if (!reader.object()) return map;",
    "  const members = reader.others([]);",
    "  const names = members.keys();",
    ...indent(limitCheck("entries", shape.count.min, shape.count.max)),
    "  for (let i = 0; i < names.length; i++) {",
    "    reader.enterMember(names[i], members.get(names[i]));",
    `    map.set(names[i], ${read(shape.values)});`,
    ...indent(indent(checks(shape.values))),
    "    reader.leave();",
    "  }",
    "  return map;",
    "}",
  ];
}

/** The expression that reads what the reader stands on. */
function read(shape: Shape): string {
  switch (shape.kind) {
    case "string":
      return "reader.text()";
    case "boolean":
      return "reader.boolean()";
    case "json":
      return "reader.value";
    case "number":
      if (shape.type === "f64") return "reader.number()";
      return shape.type === "i32" ? "<i32>reader.integer()" : "reader.integer()";
    case "enum":
      return `<${shape.name}>reader.oneOf([${shape.values.map(quoted).join(", ")}])`;
    case "class":
      return `${shape.name}.from(reader)`;
    default:
      return `${shape.reader}(reader)`;
  }
}

/** The statements that check what was read last. */
function checks(shape: Shape): string[] {
  if (shape.kind === "number") return numberChecks(shape);
  if (shape.kind !== "string") return [];
  const { minLength, maxLength, pattern } = shape;
  return [
    ...limitCheck("characters", minLength, maxLength),
    ...(pattern !== undefined ? [`reader.pattern(${quoted(pattern)});`] : []),
  ];
}

function numberChecks({ limits }: NumberShape): string[] {
  const check = (method: string, limit: number | undefined) =>
    limit === undefined ? [] : [`reader.${method}(${numberLiteral(limit, "f64")}, "${limit}");`];
  const { among } = limits;
  return [
    ...check("atLeast", limits.minimum),
    ...check("atMost", limits.maximum),
    ...check("above", limits.exclusiveMinimum),
    ...check("below", limits.exclusiveMaximum),
    ...check("multipleOf", limits.multipleOf),
    ...(among
      ? [
          `reader.among([${among.map((value) => numberLiteral(value, "f64")).join(", ")}], "${among.join(", ")}");`,
        ]
      : []),
  ];
}

function limitCheck(method: string, least = 0, most = -1): string[] {
  return least > 0 || most >= 0 ? [`reader.${method}(${least}, ${most});`] : [];
}

/** A call with a list, on one line or with a line for each item. */
function withList(before: string, items: string[], after: string): string[] {
  const line = `${before}[${items.join(", ")}]${after}`;
  if (line.length + 4 <= width) return [line];
  return [`${before}[`, ...items.map((item) => `  ${item},`), `]${after}`];
}

function doc(words: string): string[] {
  const lines = safe(words).split("\n");
  if (words === "") return [];
  if (lines.length === 1) return [`/** ${lines[0]} */`];
  return ["/**", ...lines.map((line) => ` * ${line}`.trimEnd()), " */"];
}

/** Words for a comment: none of them ends it. */
function safe(words: string): string {
  return words
    .replaceAll("*/", "* /")
    .replaceAll(/[\r\u2028\u2029]/g, " ")
    .trim();
}

function indent(lines: string[]): string[] {
  return lines.map((line) => (line === "" ? line : `  ${line}`));
}
