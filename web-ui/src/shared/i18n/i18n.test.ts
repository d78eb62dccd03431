import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EVENT_KINDS } from "../events/apply";
import { preferredLanguage } from "./i18n";
import en from "./locales/en.json";
import es from "./locales/es.json";

type Tree = { [key: string]: string | Tree };

function flatten(tree: Tree, prefix = ""): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "string") flat.set(prefix + key, value);
    else for (const [inner, text] of flatten(value, `${prefix}${key}.`)) flat.set(inner, text);
  }
  return flat;
}

const english = flatten(en);
const spanish = flatten(es);
const placeholders = (text: string) => (text.match(/\{\{\w+\}\}|<\d>|\$t\([^)]*\)/g) ?? []).sort();

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "test" ? [] : sources(path);
    return /(?<!\.test)\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

describe("the two languages", () => {
  it("have the same keys", () => {
    expect([...spanish.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it("fill in the same values", () => {
    for (const [key, text] of english) {
      expect([key, ...placeholders(spanish.get(key) ?? "")]).toEqual([key, ...placeholders(text)]);
    }
  });

  it("leave no text empty", () => {
    expect([...english, ...spanish].filter(([, text]) => text.trim() === "")).toEqual([]);
  });

  it("have every key that the page asks for, and no other", () => {
    const code = sources(join(import.meta.dirname, "../..")).map((path) => readFileSync(path, "utf8")).join("\n");
    const top = Object.keys(en).join("|");
    const asked = new Set([...code.matchAll(new RegExp(`"((?:${top})(?:\\.\\w+)+)"`, "g"))].map(([, key]) => key ?? ""));
    const known = new Set([...english.keys()].map((key) => key.replace(/_(one|other)$/, "")));
    // Values of the API that are looked up by their name: `status.vm.${value}` and its like.
    const families = [...code.matchAll(new RegExp(`\`((?:${top})\\.(?:\\w+\\.)*)\\$\\{`, "g"))].map(([, family]) => family ?? "");
    // And those that another text takes in: `$t(permission.{{permission}})`.
    families.push(...[...english.values()].flatMap((text) => [...text.matchAll(/\$t\(([\w.]+\.)\{\{/g)].map(([, family]) => family ?? "")));
    const isTask = (key: string) => ["vm", "image"].includes(key.split(".")[0] ?? "") && known.has(`taskKind.${key}`);
    // Kinds of tasks and events look like keys; they are values of the API.
    const kinds = new Set<string>(EVENT_KINDS);
    expect([...asked].filter((key) => !known.has(key) && !isTask(key) && !kinds.has(key))).toEqual([]);
    const unused = [...known].filter((key) => !asked.has(key) && !families.some((family) => key.startsWith(family)));
    expect(unused).toEqual([]);
  });
});

describe("the language of a new visitor", () => {
  it.each([
    [null, ["es-MX", "en"], "es"],
    [null, ["de", "en-GB"], "en"],
    [null, ["de"], "en"],
    ["es", ["en"], "es"],
    ["xx", ["es"], "es"],
  ])("stored %s, wanted %j: %s", (stored, wanted, expected) => {
    expect(preferredLanguage(stored, wanted)).toBe(expected);
  });
});
