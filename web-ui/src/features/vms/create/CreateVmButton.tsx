import { Button } from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Explained } from "../../../shared/components/Explained";
import { usePermission } from "../../../shared/session/session";
import { CreateVmDialog } from "./CreateVmDialog";

export function CreateVmButton() {
  const { t } = useTranslation();
  const allowed = usePermission()("VM_CREATE");
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Explained
        reason={allowed ? undefined : t("actions.missingPermission", { permission: "VM_CREATE" })}
      >
        <Button variant="primary" isAriaDisabled={!allowed} onClick={() => setOpen(true)}>
          {t("vms.create")}
        </Button>
      </Explained>
      {isOpen && <CreateVmDialog onClose={() => setOpen(false)} />}
    </>
  );
}
