import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

/** People read two languages: words belong into the locale files, not between tags. */
const noHardCodedWords = [
  {
    selector: "JSXText[value=/\\p{L}{2,}/u]",
    message: "Put the words into shared/i18n/locales and use t().",
  },
  {
    selector:
      "JSXAttribute[name.name=/^(aria-label|aria-valuetext|title|titleText|label|placeholder|alt|helperText|description|ouiaTitle)$/] > Literal[value=/\\p{L}{2,}/u]",
    message: "Put the words into shared/i18n/locales and use t().",
  },
];

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/api/schema.d.ts"] },
  ...tseslint.configs.strict,
  {
    files: ["src/**/*.{ts,tsx}", "e2e/**/*.ts"],
    plugins: { "react-hooks": reactHooks, "jsx-a11y": jsxA11y },
    rules: {
      ...reactHooks.configs.recommended.rules,
      ...jsxA11y.flatConfigs.recommended.rules,
      // The one autofocus is the first field of the log-in page, where it helps.
      "jsx-a11y/no-autofocus": "off",
      "no-restricted-syntax": ["error", ...noHardCodedWords],
      "@typescript-eslint/no-invalid-void-type": "off",
      "@typescript-eslint/consistent-type-imports": "error",
    },
  },
  {
    files: ["src/shared/**/*.{ts,tsx}"],
    ignores: ["src/shared/**/*.test.{ts,tsx}"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [{ group: ["**/features/**", "**/app/**"], message: "shared never imports features or app." }] },
      ],
    },
  },
  {
    files: ["src/features/**/*.{ts,tsx}"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [{ group: ["**/app/**"], message: "features never import app." }] },
      ],
    },
  },
);
