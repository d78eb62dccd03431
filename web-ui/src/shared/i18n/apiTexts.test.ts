import { describe, expect, it } from "vitest";
import api from "../../api/openapi.json";
import { EVENT_KINDS } from "../events/apply";
import en from "./locales/en.json";
import es from "./locales/es.json";

interface Property {
  enum?: (string | null)[];
  "x-extensible-enum"?: string[];
  [other: string]: unknown;
}
type Schema = Property & { properties?: Record<string, Property> };

const schemas: Record<string, Schema> = api.components.schemas;

/** The values of a named set, or of a property: all there are, or all that this version of the manager knows. */
function valuesOf(name: string): string[] {
  const [schema = "", property] = name.split(".");
  const described = property === undefined ? schemas[schema] : schemas[schema]?.properties?.[property];
  const values = described?.enum ?? described?.["x-extensible-enum"] ?? [];
  return values.filter((value) => value !== null);
}

function textOf(locale: unknown, key: string): unknown {
  return key
    .split(".")
    .reduce<unknown>((tree, part) => (typeof tree === "object" && tree !== null ? Reflect.get(tree, part) : undefined), locale);
}

/** Where the page has the words for which values. */
const FAMILIES: [values: string, family: string][] = [
  ["VmStatus", "status.vm"],
  ["HostStatus", "status.host"],
  ["ImageStatus", "status.image"],
  ["VmDisk.status", "status.disk"],
  ["TaskState", "status.task"],
  ["ManagerState", "status.manager"],
  ["TaskItemState", "status.taskItem"],
  ["Severity", "status.severity"],
  ["Outcome", "status.outcome"],
  ["StepKind", "stepResult"],
  ["ErrorCode", "error"],
  ["Permission", "permission"],
  ["Effect", "access.effects"],
  ["Format", "audit.formats"],
  ["ObjectKind", "access.kinds"],
  ["DangerousVerb", "account.verbs"],
  ["Factor", "account.factor"],
  ["Factor", "signIn.instead"],
  ["Factor", "signIn.wrong"],
  ["Factor", "signIn.wrongHelp"],
  ["TaskView.kind", "taskKind"],
  ["TaskView.phase", "phase"],
  ["TaskStep.phase", "phase"],
  ["VmResource.statusReason", "vmReason"],
  ["Reason.code", "placementReason"],
  ["FlowDirection", "flows.directions"],
  ["FlowEndKind", "flows.end"],
  ["FlowGrouping", "flows.grouping"],
  ["FlowObservedAt", "flows.observed"],
  ["FlowResolution", "flows.peak"],
  ["FlowSource", "flows.sources"],
];

/** Said the same in every language, or not shown. */
const WITHOUT_WORDS = ["BulkVerb", "ConsoleKind", "Firmware", "HostResource.acceleration", "PowerState", "ReviewOrder", "StopMode", "EventView.kind", "EventView.code"];

describe.each([
  ["en", en],
  ["es", es],
])("the words of the API in %s", (_language, locale) => {
  it.each(FAMILIES)("there are some for every value of %s", (name, family) => {
    const values = valuesOf(name);
    expect(values).not.toEqual([]);
    expect(values.filter((value) => typeof textOf(locale, `${family}.${value}`) !== "string")).toEqual([]);
  });

  it("every event that is kept has words for its kind, and for its code", () => {
    const kept = valuesOf("EventView.kind").filter((kind) => kind.endsWith(".changed"));
    expect(kept).not.toEqual([]);
    expect(kept.filter((kind) => typeof textOf(locale, `eventKind.${kind}`) !== "string")).toEqual([]);
    const codes = valuesOf("EventView.code");
    expect(codes).toContain("VM_RESTARTED");
    const isKnown = (code: string) => ["eventCode", "error"].some((family) => typeof textOf(locale, `${family}.${code}`) === "string");
    expect(codes.filter((code) => !isKnown(code))).toEqual([]);
  });
});

describe("the description of the API", () => {
  it("has no set of values that this test does not know", () => {
    const named = Object.keys(schemas).filter((name) => valuesOf(name).length > 0);
    const inside = Object.entries(schemas).flatMap(([name, schema]) =>
      Object.keys(schema.properties ?? {})
        .map((property) => `${name}.${property}`)
        .filter((property) => valuesOf(property).length > 0),
    );
    const known = [...new Set(FAMILIES.map(([name]) => name)), ...WITHOUT_WORDS];
    expect([...named, ...inside].sort()).toEqual([...known].sort());
  });

  it("has the kinds of events that the page listens to", () => {
    expect([...EVENT_KINDS].sort()).toEqual(valuesOf("EventView.kind").sort());
  });
});
