import { useCallback, useState } from "react";

const STORAGE_KEY = "meseta.theme";
const DARK_CLASS = "pf-v6-theme-dark";

export type Theme = "light" | "dark";

/** The theme in force; public/theme.js has set it before the first paint. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(() =>
    document.documentElement.classList.contains(DARK_CLASS) ? "dark" : "light",
  );
  const change = useCallback((next: Theme) => {
    document.documentElement.classList.toggle(DARK_CLASS, next === "dark");
    localStorage.setItem(STORAGE_KEY, next);
    setTheme(next);
  }, []);
  return [theme, change];
}
