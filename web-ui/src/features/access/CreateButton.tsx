import { Button } from "@patternfly/react-core";
import { useState, type ComponentType } from "react";
import { useTranslation } from "react-i18next";
import type { Permission } from "../../api/types";
import { Explained } from "../../shared/components/Explained";
import { usePermission } from "../../shared/session/session";

interface Props {
  label: string;
  permission: Permission;
  dialog: ComponentType<{ onClose: () => void }>;
}

/** Opens the dialog that makes something new; says why not where one may not. */
export function CreateButton({ label, permission, dialog: Dialog }: Props) {
  const { t } = useTranslation();
  const allowed = usePermission()(permission);
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Explained reason={allowed ? undefined : t("actions.missingPermission", { permission })}>
        <Button variant="primary" isAriaDisabled={!allowed} onClick={() => setOpen(true)}>
          {label}
        </Button>
      </Explained>
      {isOpen && <Dialog onClose={() => setOpen(false)} />}
    </>
  );
}
