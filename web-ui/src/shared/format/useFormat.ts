import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import * as format from "./format";

/** The formatters in the language of the page. */
export function useFormat() {
  const language = useTranslation().i18n.language;
  return useMemo(
    () => ({
      bytes: (value: number | null | undefined) => format.formatBytes(value, language),
      mebibytes: (value: number | null | undefined) => format.formatMebibytes(value, language),
      rate: (value: number | null | undefined) => format.formatRate(value, language),
      duration: (value: number | null | undefined) => format.formatDuration(value, language),
      percent: (value: number | null | undefined) => format.formatPercent(value, language),
      number: (value: number, digits = 0) => format.formatNumber(value, language, digits),
      time: (value: string | null | undefined) => format.formatTime(value, language),
    }),
    [language],
  );
}
