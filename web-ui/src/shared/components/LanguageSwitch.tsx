import { MenuToggle, Select, SelectList, SelectOption } from "@patternfly/react-core";
import { LanguageIcon } from "@patternfly/react-icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { changeLanguage, LANGUAGES } from "../i18n/i18n";

export function LanguageSwitch() {
  const { t, i18n } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const current = LANGUAGES.find((language) => language.code === i18n.language) ?? LANGUAGES[0];
  return (
    <Select
      isOpen={isOpen}
      onOpenChange={setOpen}
      selected={current.code}
      popperProps={{ position: "right" }}
      onSelect={(_event, code) => {
        setOpen(false);
        void changeLanguage(String(code));
      }}
      toggle={(ref) => (
        <MenuToggle
          ref={ref}
          variant="plainText"
          icon={<LanguageIcon />}
          isExpanded={isOpen}
          aria-label={`${t("shell.language")}: ${current.name}`}
          onClick={() => setOpen(!isOpen)}
        >
          {current.name}
        </MenuToggle>
      )}
    >
      <SelectList aria-label={t("shell.language")}>
        {LANGUAGES.map((language) => (
          <SelectOption key={language.code} value={language.code} lang={language.code}>
            {language.name}
          </SelectOption>
        ))}
      </SelectList>
    </Select>
  );
}
