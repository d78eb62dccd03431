import { Button, Tooltip } from "@patternfly/react-core";
import { MoonIcon, SunIcon } from "@patternfly/react-icons";
import { useTranslation } from "react-i18next";
import { useTheme } from "../theme/theme";

export function ThemeSwitch() {
  const { t } = useTranslation();
  const [theme, setTheme] = useTheme();
  const label = theme === "dark" ? t("shell.lightTheme") : t("shell.darkTheme");
  return (
    <Tooltip content={label} aria="none" position="bottom">
      <Button
        variant="plain"
        aria-label={label}
        icon={theme === "dark" ? <SunIcon /> : <MoonIcon />}
        onClick={() => setTheme(theme === "dark" ? "light" : "dark")}
      />
    </Tooltip>
  );
}
