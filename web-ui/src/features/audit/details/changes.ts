type Detail = Record<string, unknown>;

export interface Change {
  field: string;
  before: unknown;
  after: unknown;
}

const CHANGES = "changes";

function isObject(value: unknown): value is Detail {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Fields that a request changed; what the audit log masks has the same mask on both sides. */
export function changesOf(detail: Detail): Change[] {
  const changes = detail[CHANGES];
  if (!isObject(changes)) {
    return [];
  }
  return Object.entries(changes)
    .map(([field, change]) =>
      isObject(change) ? { field, before: change.before, after: change.after } : { field, before: change, after: change },
    )
    .sort((one, other) => one.field.localeCompare(other.field));
}

/** What else was recorded. */
export function restOf(detail: Detail): [name: string, value: unknown][] {
  return Object.entries(detail).filter(([name]) => name !== CHANGES);
}

export function text(value: unknown): string {
  if (value === null || value === undefined || value === "") {
    return "–";
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}
