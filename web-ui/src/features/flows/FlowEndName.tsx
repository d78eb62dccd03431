import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { FlowEnd } from "../../api/types";

/** One end of a conversation: the VM where it is one that may be seen, else what it is, and its address. */
export function FlowEndName({ end }: { end: FlowEnd }) {
  const { t } = useTranslation();
  const address = end.address !== null && <span className="meseta-problem-code meseta-addition">{end.address}</span>;
  if (end.vmId !== null) {
    const name = end.name ?? end.vmId;
    return (
      <>
        {end.deleted ? t("flows.deletedVm", { name }) : <Link to={`/vms/${end.vmId}`}>{name}</Link>}
        {address}
      </>
    );
  }
  return (
    <>
      {t(`flows.end.${end.kind}`)}
      {address}
    </>
  );
}
