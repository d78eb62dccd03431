import { describe, expect, it } from "vitest";
import { changeListState, parseListState, termOf, toQuery, withTerm, writeListState } from "./listState";

const DEFAULT_SORT = "name";
const read = (text: string) => parseListState(new URLSearchParams(text), DEFAULT_SORT);

describe("the state of a list in the address", () => {
  it("comes back as it was written", () => {
    const state = { q: 'status:UP "two words" name:web*', sort: "-createdAt", limit: 100, cursor: "abc/+=" };
    expect(read(writeListState(state, DEFAULT_SORT).toString())).toEqual(state);
  });

  it("is left out where it is the default", () => {
    expect(writeListState(read(""), DEFAULT_SORT).toString()).toBe("");
  });

  it.each(["limit=7", "limit=-1", "limit=many", "limit=100000"])("ignores %s", (text) => {
    expect(read(text).limit).toBe(50);
  });

  it("starts at the first page again when the rows change", () => {
    const state = read("q=web&cursor=abc");
    expect(changeListState(state, { sort: "-name" }).cursor).toBe("");
    expect(changeListState(state, { q: "db" }).cursor).toBe("");
    expect(changeListState(state, { cursor: "next" })).toEqual({ ...state, cursor: "next" });
  });

  it("asks the manager only for what was asked of it", () => {
    expect(toQuery(read("q=%20&sort=-name"))).toEqual({ q: undefined, sort: "-name", limit: 50, cursor: undefined });
  });
});

describe("a term of the search", () => {
  it("is found among others", () => {
    expect(termOf("web status:UP host:host-1", "status")).toBe("UP");
    expect(termOf("web", "status")).toBeUndefined();
  });

  it("is put in, replaced and taken out, and the rest stays", () => {
    expect(withTerm("web", "status", "UP")).toBe("web status:UP");
    expect(withTerm("status:UP web", "status", "DOWN")).toBe("web status:DOWN");
    expect(withTerm('status:UP "a b"', "status", undefined)).toBe('"a b"');
  });
});
