import { useTranslation } from "react-i18next";

const CODE = /^[A-Z][A-Z_]*$/;

type Words = (value: string) => string;

/** Why a VM is in its state: a code, or a sentence of the manager, which is shown as it came. */
export function useVmReason(): Words {
  const { t } = useTranslation();
  return (reason) => (CODE.test(reason) ? t(`vmReason.${reason}`, { defaultValue: reason }) : reason);
}

/** What an error code means; empty for one that this page does not know. */
export function useErrorWords(): Words {
  const { t } = useTranslation();
  return (code) => t(`error.${code}`, { defaultValue: "" });
}

/** What speaks for or against a host; empty for a code that this page does not know. */
export function usePlacementReason(): Words {
  const { t } = useTranslation();
  return (code) => t(`placementReason.${code}`, { defaultValue: "" });
}

/** What a host can do. */
export function useCapability(): Words {
  const { t } = useTranslation();
  return (name) => t(`capability.${name}`, { defaultValue: name });
}

/** What a host should be known for; empty for a code that this page does not know. */
export function useHostCondition(): Words {
  const { t } = useTranslation();
  return (code) => t(`hostCondition.${code}`, { defaultValue: "" });
}
