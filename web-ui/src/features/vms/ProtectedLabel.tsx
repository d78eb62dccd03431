import { Label, Tooltip } from "@patternfly/react-core";
import { LockIcon } from "@patternfly/react-icons";
import { useTranslation } from "react-i18next";

/** Marks a VM that is not deleted before its protection is taken away. */
export function ProtectedLabel() {
  const { t } = useTranslation();
  return (
    <Tooltip content={t("vms.protectedBody")}>
      <Label isCompact icon={<LockIcon />} tabIndex={0} data-testid="protected">
        {t("vms.protected")}
      </Label>
    </Tooltip>
  );
}
