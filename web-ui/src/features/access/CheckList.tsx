import { Checkbox, FormFieldGroup, FormFieldGroupHeader, TextInput } from "@patternfly/react-core";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";

interface Item {
  id: string;
  label: string;
  description?: string;
}

interface Props {
  title: string;
  items: Item[];
  chosen: ReadonlySet<string>;
  onChange: (chosen: ReadonlySet<string>) => void;
  /** What to say when there is nothing to choose from. */
  empty: string;
  isDisabled?: boolean;
}

/** Any number of some things, narrowed by what is typed. */
export function CheckList({ title, items, chosen, onChange, empty, isDisabled = false }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const shown = items.filter(({ label, description = "" }) => `${label} ${description}`.toLowerCase().includes(wanted));
  return (
    <FormFieldGroup
      header={
        <FormFieldGroupHeader
          titleText={{ text: title, id }}
          titleDescription={t("access.chosen", { chosen: chosen.size, total: items.length })}
        />
      }
    >
      {items.length > 0 && (
        <TextInput
          type="search"
          aria-label={t("access.search", { label: title })}
          placeholder={t("access.searchHint")}
          value={search}
          onChange={(_event, next) => setSearch(next)}
        />
      )}
      <div className="meseta-check-list" role="group" aria-labelledby={id}>
        {shown.map((item) => (
          <Checkbox
            key={item.id}
            id={`${id}-${item.id}`}
            label={item.label}
            description={item.description}
            isDisabled={isDisabled}
            isChecked={chosen.has(item.id)}
            onChange={(_event, isChecked) => {
              const next = new Set(chosen);
              if (isChecked) next.add(item.id);
              else next.delete(item.id);
              onChange(next);
            }}
          />
        ))}
        {shown.length === 0 && <span>{items.length === 0 ? empty : t("list.nothingFoundBody")}</span>}
      </div>
    </FormFieldGroup>
  );
}
