import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import en from "./locales/en.json";
import es from "./locales/es.json";

export const LANGUAGES = [
  { code: "en", name: "English" },
  { code: "es", name: "Español" },
] as const;

const STORAGE_KEY = "meseta.language";

export function preferredLanguage(stored: string | null, wanted: readonly string[]): string {
  const known = (code: string) => LANGUAGES.some((language) => language.code === code);
  if (stored !== null && known(stored)) {
    return stored;
  }
  return wanted.map((tag) => tag.split("-")[0] ?? tag).find(known) ?? "en";
}

export async function startTranslations(): Promise<void> {
  await i18next.use(initReactI18next).init({
    resources: { en: { translation: en }, es: { translation: es } },
    lng: preferredLanguage(localStorage.getItem(STORAGE_KEY), navigator.languages),
    fallbackLng: "en",
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  document.documentElement.lang = i18next.language;
}

export async function changeLanguage(code: string): Promise<void> {
  localStorage.setItem(STORAGE_KEY, code);
  await i18next.changeLanguage(code);
  document.documentElement.lang = code;
}
