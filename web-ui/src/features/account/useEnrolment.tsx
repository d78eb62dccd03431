import { useState, type ReactNode } from "react";
import type { NewTotp } from "../../api/types";
import { api } from "../../shared/http/client";
import { AddPasskeyDialog } from "./AddPasskeyDialog";
import { EnrolTotpDialog } from "./EnrolTotpDialog";
import { RecoveryCodesDialog } from "./RecoveryCodesDialog";

type Open = { kind: "totp"; totp: NewTotp } | { kind: "passkey" } | { kind: "codes"; codes: string[] };

export interface Enrolment {
  beginTotp: () => Promise<void>;
  beginPasskey: () => void;
  showCodes: (codes: string[]) => void;
  dialogs: ReactNode;
}

/**
 * Enrolling a second factor, on the account page and where somebody must.
 *
 * @param onChanged when one is enrolled and its recovery codes, if any, are in the person's hands
 */
export function useEnrolment(onChanged: () => void): Enrolment {
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const enrolled = (codes: string[]) => {
    if (codes.length > 0) {
      setOpen({ kind: "codes", codes });
    } else {
      close();
      onChanged();
    }
  };
  return {
    beginTotp: async () => setOpen({ kind: "totp", totp: await api.post<NewTotp>("/account/totp") }),
    beginPasskey: () => setOpen({ kind: "passkey" }),
    showCodes: enrolled,
    dialogs: (
      <>
        {open?.kind === "totp" && <EnrolTotpDialog totp={open.totp} onEnrolled={enrolled} onClose={close} />}
        {open?.kind === "passkey" && <AddPasskeyDialog onEnrolled={enrolled} onClose={close} />}
        {open?.kind === "codes" && (
          <RecoveryCodesDialog
            codes={open.codes}
            onDone={() => {
              close();
              onChanged();
            }}
          />
        )}
      </>
    ),
  };
}
