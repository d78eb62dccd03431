import { MenuToggle, Select, SelectList, SelectOption } from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

export interface TermFilterOptions {
  /** Field of the search language, "status" for example. */
  field: string;
  label: string;
  values: { value: string; label: string }[];
}

interface Props {
  filter: TermFilterOptions;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

const ALL = "";

/** Picks the value of one term of the search. */
export function TermFilter({ filter, value, onChange }: Props) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const chosen = filter.values.find((option) => option.value === value)?.label ?? value;
  return (
    <Select
      isOpen={isOpen}
      onOpenChange={setOpen}
      selected={value ?? ALL}
      onSelect={(_event, next) => {
        setOpen(false);
        onChange(next === ALL ? undefined : String(next));
      }}
      toggle={(ref) => (
        <MenuToggle ref={ref} isExpanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {filter.label}: {chosen ?? t("list.any")}
        </MenuToggle>
      )}
    >
      <SelectList>
        <SelectOption value={ALL}>{t("list.any")}</SelectOption>
        {filter.values.map((option) => (
          <SelectOption key={option.value} value={option.value}>
            {option.label}
          </SelectOption>
        ))}
      </SelectList>
    </Select>
  );
}
