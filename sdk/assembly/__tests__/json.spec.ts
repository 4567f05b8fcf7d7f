/// <reference path="../spec/globals.d.ts" />
import { Json, JsonKind } from "../json/json";

function read(text: string): Json {
  return Json.parse(Uint8Array.wrap(String.UTF8.encode(text)));
}

describe("a value", () => {
  it("has a kind", () => {
    const json = read('[null,false,true,1,"s",[],{}]');
    expect(json.kind).toBe(JsonKind.Array);
    expect(json.length).toBe(7);
    for (let i = 0; i < 7; i++) expect(json.at(i).kind).toBe(<JsonKind>(<i32>JsonKind.Null + i));
  });

  it("gives its default where it is of another kind", () => {
    const json = read('{"s":"text","n":7,"b":true,"z":null}');
    expect(json.get("s").asInt(1)).toBe(1);
    expect(json.get("s").asFloat(1.5)).toBe(1.5);
    expect(json.get("s").asBool(true)).toBe(true);
    expect(json.get("n").asString("default")).toBe("default");
    expect(json.get("z").asString("default")).toBe("default");
    expect(json.get("z").isAbsent).toBe(false);
  });

  it("that is missing is absent, and so is everything in it", () => {
    const json = read('{"limits":{"perSecond":5}}');
    expect(json.get("limits").get("perSecond").asInt(10)).toBe(5);
    expect(json.get("limits").get("perMinute").asInt(10)).toBe(10);
    expect(json.get("no").get("such").at(3).get("thing").isAbsent).toBe(true);
    expect(json.get("limits").at(0).isAbsent).toBe(true);
    expect(json.get("no").keys().length).toBe(0);
  });

  it("shows its own text", () => {
    expect(read(' {"a": [1, 2 ] } ').get("a").source()).toBe("[1, 2 ]");
    expect(read('"a\\u0041"').source()).toBe("a\\u0041");
  });
});

describe("an array", () => {
  it("is read by index", () => {
    const json = read('[[1,2],{"a":[3]},"last"]');
    expect(json.at(0).at(1).asInt()).toBe(2);
    expect(json.at(1).get("a").at(0).asInt()).toBe(3);
    expect(json.at(2).asString()).toBe("last");
    expect(json.at(3).isAbsent).toBe(true);
    expect(json.at(-1).isAbsent).toBe(true);
  });
});

describe("an object", () => {
  it("tells its names in order", () => {
    const keys = read('{"b":{"inner":1},"a":[2],"b":3}').keys();
    expect(keys.join(",")).toBe("b,a,b");
  });

  it("gives the last of repeated names", () => {
    const json = read('{"b":{"inner":1},"a":[2],"\\u0062":3}');
    expect(json.get("b").asInt()).toBe(3);
    expect(json.length).toBe(3);
  });
});

describe("a number", () => {
  it("is an integer only when it is written as one and fits", () => {
    expect(read("9223372036854775807").asInt()).toBe(i64.MAX_VALUE);
    expect(read("-9223372036854775808").asInt()).toBe(i64.MIN_VALUE);
    expect(read("9223372036854775808").asInt(-1)).toBe(-1);
    expect(read("1.0").asInt(-1)).toBe(-1);
    expect(read("1e3").asInt(-1)).toBe(-1);
  });

  it("is the nearest double", () => {
    expect(read("1.5").asFloat()).toBe(1.5);
    expect(read("0.1").asFloat()).toBe(0.1);
    expect(read("123456789012345678901234567890").asFloat()).toBe(1.2345678901234568e29);
    expect(read("1e400").asFloat()).toBe(Infinity);
  });
});

describe("a text that is not JSON", () => {
  it("is a value that says why", () => {
    const json = read('{"a":1,\n"b":}');
    expect(json.isInvalid).toBe(true);
    expect(json.error).toBe("line 2, column 5: expected a value");
  });

  it("gives every default", () => {
    const json = read("nonsense");
    expect(json.get("a").asString("default")).toBe("default");
    expect(json.length).toBe(0);
    expect(json.source()).toBe("");
  });
});

describe("a configuration that was not given", () => {
  it("is an empty object", () => {
    expect(Json.emptyObject().kind).toBe(JsonKind.Object);
    expect(Json.emptyObject().get("a").asInt(7)).toBe(7);
    expect(Json.emptyObject().length).toBe(0);
  });
});
