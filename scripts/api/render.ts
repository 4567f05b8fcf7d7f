import type { Api, ApiItem } from "./read.js";

/** The sections of the reference, and the exports of each by the files that declare them. */
const sections: readonly [title: string, files: RegExp][] = [
  ["Filters and plugins", /^(?:context|dispatch|configuration|config)/],
  ["HTTP", /^http\//],
  ["Bytes that pass by", /^stream-data/],
  ["gRPC and protobuf", /^(?:grpc|protobuf)\//],
  ["Properties", /^(?:properties|attributes|expression|foreign-function)/],
  ["Around a stream", /^(?:log|clock|metrics|shared-|stats|dns)/],
  ["JSON", /^json\//],
  ["Matching", /^matching\//],
  ["Encodings", /^codec\//],
  ["Secrets and tokens", /^crypto\//],
  ["Collections", /^collections\//],
  ["Numbers of the ABI", /^abi\.ts$/],
];

/** The reference as one page of Markdown. */
export function renderApi({ items }: Api): string {
  const parts = sections.map(([title, files]) => ({
    title,
    items: items.filter(({ file }) => files.test(file)),
  }));
  const missing = items.filter((item) => !parts.some((part) => part.items.includes(item)));
  if (missing.length > 0) throw new Error(`no section has ${missing.map(({ name }) => name).join(", ")}`);
  const anchors = anchorsOf(["API reference", ...parts.flatMap(({ title, items }) => [title, ...items])]);
  const lines = [
    "# API reference",
    "",
    'Made by "npm run generate" from the doc comments of sdk/assembly. Do not edit.',
    "",
    'Everything is imported from `"@meshwasm/sdk/assembly"`. The guide pages beside this one say how it goes together.',
  ];
  for (const { title, items } of parts) {
    const names = items.map(({ name }) => `[${name}](#${anchors.get(name)})`);
    lines.push("", `**${title}**: ${names.join(", ")}`);
  }
  for (const { title, items } of parts) {
    lines.push("", `# ${title}`);
    for (const item of items) lines.push("", ...renderItem(item, anchors));
  }
  return `${lines.join("\n")}\n`;
}

function renderItem(item: ApiItem, anchors: ReadonlyMap<string, string>): string[] {
  const lines = [`## ${item.name}`, ""];
  if (item.signature) lines.push("```ts", item.signature, "```", "");
  lines.push(item.doc);
  if (item.base) lines.push("", `It has all that [${item.base}](#${anchors.get(item.base)}) has.`);
  lines.push(...details(item).map((line) => `- ${line}`));
  const nested = item.members.filter(({ kind }) => kind === "namespace");
  const plain = item.members.filter(({ kind }) => kind !== "namespace");
  if (plain.length > 0) lines.push("", ...plain.flatMap((member) => renderMember(member, item.name)));
  for (const namespace of nested) {
    lines.push("", `### ${item.name}.${namespace.name}`, "", namespace.doc, "");
    lines.push(...namespace.members.flatMap((member) => renderMember(member)));
  }
  return lines;
}

function renderMember(member: ApiItem, of = ""): string[] {
  const signature = member.signature
    .replace(/^(?:function|let|const|readonly|public) /, "")
    .replace(/^constructor/, `new ${of}`)
    .replace(/;$/, "");
  const doc = paragraph(member.doc);
  return [`- \`${signature}\`${doc && ` · ${doc}`}`, ...details(member).map((line) => `  - ${line}`)];
}

function details({ params, returns }: ApiItem): string[] {
  const lines = params.map(({ name, text }) => `\`${name}\`: ${paragraph(text)}`);
  return returns ? [...lines, `returns ${paragraph(returns)}`] : lines;
}

/** A comment on one line; an example in it is left out. */
function paragraph(text: string): string {
  return text
    .replace(/```[\s\S]*?```/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

/** What the headings are linked by: one that is like another before it in lower case gets a number, as on GitHub. */
function anchorsOf(headings: readonly (string | ApiItem)[]): Map<string, string> {
  const anchors = new Map<string, string>();
  const seen = new Map<string, number>();
  for (const heading of headings) {
    const text = typeof heading === "string" ? heading : heading.name;
    const plain = text.toLowerCase().replaceAll(" ", "-");
    const before = seen.get(plain) ?? 0;
    seen.set(plain, before + 1);
    if (typeof heading !== "string") anchors.set(text, before === 0 ? plain : `${plain}-${before}`);
  }
  return anchors;
}
