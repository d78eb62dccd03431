import { SearchInput } from "@patternfly/react-core";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";

const PAUSE_MS = 300;

interface Props {
  value: string;
  onChange: (value: string) => void;
  placeholder: string;
}

/** A search field that speaks when the person stops typing, or at once on Enter. */
export function SearchField({ value, onChange, placeholder }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  const [isEditing, setEditing] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // The address may change by the back button or a filter; while somebody types, the typing wins.
  if (value !== seen) {
    setSeen(value);
    if (!isEditing) {
      setText(value);
    }
  }
  const say = (next: string, pause: number) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange(next), pause);
  };
  return (
    <SearchInput
      aria-label={t("list.search")}
      placeholder={placeholder}
      value={text}
      onFocus={() => setEditing(true)}
      onBlur={() => setEditing(false)}
      onChange={(_event, next) => say(next, PAUSE_MS)}
      onSearch={(_event, next) => say(next, 0)}
      onClear={() => say("", 0)}
      resetButtonLabel={t("list.clearSearch")}
      submitSearchButtonLabel={t("list.search")}
    />
  );
}
