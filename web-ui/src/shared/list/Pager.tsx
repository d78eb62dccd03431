import { Button, MenuToggle, Select, SelectList, SelectOption } from "@patternfly/react-core";
import { AngleLeftIcon, AngleRightIcon } from "@patternfly/react-icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Explained } from "../components/Explained";
import { PAGE_SIZES } from "./listState";

interface Props {
  limit: number;
  isFirstPage: boolean;
  nextCursor: string | null | undefined;
  onLimit: (limit: number) => void;
  onNext: (cursor: string) => void;
  onBack: () => void;
}

/** Forward and back through a list whose length nobody counts. */
export function Pager({ limit, isFirstPage, nextCursor, onLimit, onNext, onBack }: Props) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  return (
    <nav className="meseta-pager" aria-label={t("list.pages")}>
      <Select
        isOpen={isOpen}
        onOpenChange={setOpen}
        selected={limit}
        onSelect={(_event, value) => {
          setOpen(false);
          onLimit(Number(value));
        }}
        toggle={(ref) => (
          <MenuToggle ref={ref} variant="plainText" isExpanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {t("list.perPage", { count: limit })}
          </MenuToggle>
        )}
      >
        <SelectList>
          {PAGE_SIZES.map((size) => (
            <SelectOption key={size} value={size}>
              {t("list.perPage", { count: size })}
            </SelectOption>
          ))}
        </SelectList>
      </Select>
      <Explained reason={isFirstPage ? t("list.isFirstPage") : undefined}>
        <Button
          variant="plain"
          aria-label={t("list.previousPage")}
          isAriaDisabled={isFirstPage}
          onClick={onBack}
          icon={<AngleLeftIcon />}
        />
      </Explained>
      <Explained reason={nextCursor ? undefined : t("list.isLastPage")}>
        <Button
          variant="plain"
          aria-label={t("list.nextPage")}
          isAriaDisabled={!nextCursor}
          onClick={() => nextCursor && onNext(nextCursor)}
          icon={<AngleRightIcon />}
        />
      </Explained>
    </nav>
  );
}
