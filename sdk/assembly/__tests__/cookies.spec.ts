/// <reference path="../spec/globals.d.ts" />
import { Cookies } from "../codec/cookies";
import { SameSite, SetCookie } from "../codec/set-cookie";

describe("the cookies of a request", () => {
  it("are read by name, the first of a name", () => {
    const cookies = Cookies.parse('a=1; b = two ;a=3;c="x y"; d=e=f; lonely; =nameless;;');
    expect(cookies.get("a")).toBe("1");
    expect(cookies.get("b")).toBe("two");
    expect(cookies.get("c")).toBe("x y");
    expect(cookies.get("d")).toBe("e=f");
    expect(cookies.get("A")).toBe(null);
    expect(cookies.length).toBe(7);
  });

  it("can be removed, and the others stay as they were", () => {
    const cookies = Cookies.parse('a=1; b="2"; a=3; c=%20');
    expect(cookies.remove("a")).toBe(true);
    expect(cookies.remove("a")).toBe(false);
    expect(cookies.toString()).toBe('b="2"; c=%20');
    cookies.remove("b");
    cookies.remove("c");
    expect(cookies.toString()).toBe("");
  });

  it("are none without a header", () => {
    expect(Cookies.parse(null).length).toBe(0);
    expect(Cookies.parse("").length).toBe(0);
    expect(Cookies.parse("").has("")).toBe(false);
  });
});

describe("a cookie for the browser", () => {
  it("is written with its attributes", () => {
    const cookie = new SetCookie("id", "a1").setMaxAge(3600);
    cookie.path = "/";
    cookie.domain = "example.com";
    cookie.secure = true;
    cookie.httpOnly = true;
    cookie.sameSite = SameSite.Lax;
    expect(cookie.header()).toBe(
      "id=a1; Domain=example.com; Path=/; Max-Age=3600; Secure; HttpOnly; SameSite=Lax",
    );
    expect(new SetCookie("id", "").header()).toBe("id=");
  });

  it("that removes another", () => {
    expect(SetCookie.removing("id").header()).toBe("id=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0");
  });

  it("is not written when something in it would end it early", () => {
    expect(new SetCookie("id", "a;b").header()).toBe(null);
    expect(new SetCookie("id", "a\r\nx: y").header()).toBe(null);
    expect(new SetCookie("i d", "a").header()).toBe(null);
    expect(new SetCookie("", "a").header()).toBe(null);
    expect(new SetCookie("id", "é").header()).toBe(null);
    const cookie = new SetCookie("id", "a");
    cookie.path = "/; Secure";
    expect(cookie.header()).toBe(null);
  });

  it("is read", () => {
    const cookie = SetCookie.parse(
      " id = a=b ; PATH=/x; max-age=-5;SameSite=strict; HttpOnly; secure=1; Unknown=7",
    );
    expect(cookie!.name).toBe("id");
    expect(cookie!.value).toBe("a=b");
    expect(cookie!.path).toBe("/x");
    expect(cookie!.maxAge).toBe(-5);
    expect(cookie!.secure).toBe(true);
    expect(cookie!.httpOnly).toBe(true);
    expect(cookie!.sameSite == SameSite.Strict).toBe(true);
    expect(SetCookie.parse("id=1; Max-Age=99999999999999999999")!.maxAge).toBe(31_556_952_000);
    expect(SetCookie.parse("id=1; Max-Age=x")!.hasMaxAge).toBe(false);
    expect(SetCookie.parse("no cookie") == null).toBe(true);
    expect(SetCookie.parse("=x") == null).toBe(true);
  });
});
