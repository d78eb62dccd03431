const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** 1536 → "1.5 KiB". */
export function formatBytes(bytes: number | null | undefined, language = "en"): string {
  if (bytes === null || bytes === undefined || !Number.isFinite(bytes)) {
    return "–";
  }
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${formatNumber(value, language, digits)} ${BYTE_UNITS[unit]}`;
}

export function formatMebibytes(mebibytes: number | null | undefined, language = "en"): string {
  return formatBytes(mebibytes === null || mebibytes === undefined ? undefined : mebibytes * 1024 * 1024, language);
}

export function formatRate(bytesPerSecond: number | null | undefined, language = "en"): string {
  const text = formatBytes(bytesPerSecond, language);
  return text === "–" ? text : `${text}/s`;
}

/** 87 → "87 ms", 1234 → "1.2 s", 75000 → "1 min 15 s". */
export function formatDuration(milliseconds: number | null | undefined, language = "en"): string {
  if (milliseconds === null || milliseconds === undefined || !Number.isFinite(milliseconds)) {
    return "–";
  }
  if (milliseconds < 1000) {
    return `${formatNumber(milliseconds, language, 0)} ms`;
  }
  if (milliseconds < 60_000) {
    return `${formatNumber(milliseconds / 1000, language, 1)} s`;
  }
  const seconds = Math.round(milliseconds / 1000);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${seconds % 60} s`;
}

export function formatNumber(value: number, language = "en", fractionDigits = 0): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: fractionDigits }).format(value);
}

export function formatPercent(value: number | null | undefined, language = "en"): string {
  return value === null || value === undefined ? "–" : `${formatNumber(value, language, 0)} %`;
}

export function formatTime(timestamp: string | null | undefined, language = "en"): string {
  if (!timestamp) {
    return "–";
  }
  const date = new Date(timestamp);
  return Number.isNaN(date.getTime())
    ? timestamp
    : new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" }).format(date);
}

/** Milliseconds between two timestamps; undefined while the later one is missing. */
export function millisecondsBetween(from: string, to: string | null | undefined): number | undefined {
  return to ? new Date(to).getTime() - new Date(from).getTime() : undefined;
}
