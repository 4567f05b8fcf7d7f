/// <reference path="../spec/globals.d.ts" />
import { HeaderList } from "../http/header-list";

function example(): HeaderList {
  return new HeaderList().add("x-a", "1").add("x-empty", "").add("x-a", "é");
}

/** The list as it would come back from the host, its last `cut` bytes missing. */
function passed(list: HeaderList, cut: u32 = 0): HeaderList {
  return HeaderList.parse(list.serialize(), list.serializedLength - cut);
}

describe("a list of headers", () => {
  it("keeps order and repeated names", () => {
    const list = example();
    expect(list.length).toBe(3);
    expect(list.at(2)!.name).toBe("x-a");
    expect(list.at(2)!.value).toBe("é");
    expect(list.at(3)).toBeNull();
    expect(list.at(-1)).toBeNull();
  });

  it("finds the first value of a name", () => {
    expect(example().get("x-a")).toBe("1");
    expect(example().get("x-empty")).toBe("");
    expect(example().get("x-none")).toBeNull();
    expect(example().get("X-A")).toBeNull();
  });

  it("compares names to the byte", () => {
    const entry = new HeaderList().add("x-é", "").at(0)!;
    expect(entry.isNamed("x-é")).toBe(true);
    expect(entry.isNamed("x-e")).toBe(false);
    expect(entry.isNamed("x-é" + "-".repeat(1))).toBe(false);
  });
});

describe("what the host has serialized", () => {
  it("is read as it was written", () => {
    const list = passed(example());
    expect(list.length).toBe(3);
    expect(list.get("x-empty")).toBe("");
    expect(list.at(2)!.rawValue.length).toBe(2);
    expect(passed(new HeaderList()).length).toBe(0);
  });

  it("ends where it is cut off", () => {
    for (let cut: u32 = 1; cut <= example().serializedLength; cut++) {
      const list = passed(example(), cut);
      expect(list.length).toBeLessThan(3);
      if (list.length) expect(list.get("x-a")).toBe("1");
    }
  });

  it("is empty when it counts more than there is", () => {
    const ptr = example().serialize();
    store<u32>(ptr, 0xffffffff);
    expect(HeaderList.parse(ptr, example().serializedLength).length).toBe(0);
  });

  it("ends at a length that lies", () => {
    const ptr = example().serialize();
    store<u32>(ptr, 0xfffffff0, 4 + 8);
    const list = HeaderList.parse(ptr, example().serializedLength);
    expect(list.length).toBe(1);
  });
});
