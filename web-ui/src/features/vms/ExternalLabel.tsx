import { Label, Tooltip } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";

/** Marks a VM that somebody else made. */
export function ExternalLabel() {
  const { t } = useTranslation();
  return (
    <Tooltip content={t("vms.externalBody")}>
      <Label isCompact color="purple" tabIndex={0} data-testid="external">
        {t("vms.external")}
      </Label>
    </Tooltip>
  );
}
