import { useState } from "react";
import { useTranslation } from "react-i18next";
import { SelectField, TextField } from "../../shared/components/fields";
import { useList } from "../../shared/list/useList";
import type { Noun } from "../../shared/queryKeys";
import { useDebounced } from "../../shared/useDebounced";

/** How many are offered; for others one searches. */
const OFFERED = 50;

interface Found {
  id: string;
  name: string;
}

interface Props {
  id: string;
  noun: Noun;
  label: string;
  value: string;
  onChange: (id: string, name: string) => void;
  /** What the empty choice is called. */
  none: string;
  isRequired?: boolean;
  error?: string;
}

/** One object of a list that may be long: what is typed narrows what is offered. */
export function SearchSelect({ id, noun, label, value, onChange, none, isRequired, error }: Props) {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const q = useDebounced(search, 300);
  const { data, isError } = useList<Found>(noun, { q, limit: OFFERED, sort: "name" });
  const [chosen, setChosen] = useState<Found>();
  const found = data?.items ?? [];
  const isMissing = value !== "" && !found.some((item) => item.id === value);
  const options = [
    { value: "", label: none },
    ...(isMissing ? [{ value, label: chosen?.id === value ? chosen.name : value }] : []),
    ...found.map((item) => ({ value: item.id, label: item.name })),
  ];
  const help = () => {
    if (isError) {
      return t("access.listFailed");
    }
    if (data !== undefined && found.length === 0) {
      return t("access.nothingToChoose");
    }
    return data?.nextCursor ? t("access.moreToChoose", { count: OFFERED }) : undefined;
  };
  return (
    <div className="meseta-search-select">
      <TextField
        id={`${id}-search`}
        label={t("access.search", { label })}
        value={search}
        onChange={setSearch}
        placeholder={t("access.searchHint")}
      />
      <SelectField
        id={id}
        label={label}
        value={value}
        isRequired={isRequired}
        error={error}
        help={help()}
        options={options}
        onChange={(next) => {
          const item = found.find((candidate) => candidate.id === next);
          setChosen(item);
          onChange(next, item?.name ?? "");
        }}
      />
    </div>
  );
}
