import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { FlowTimeline as Timeline } from "../../api/types";
import { Sparkline } from "../../shared/components/Sparkline";
import { Failed, Loading } from "../../shared/components/states";
import { useFormat } from "../../shared/format/useFormat";
import { api } from "../../shared/http/client";
import { bucketValues, rangeOf, type FlowState } from "./flowState";

/** Bytes over time, of what is searched for. */
export function FlowTimeline({ state, refreshMs }: { state: FlowState; refreshMs: number | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { q, range, from, to } = state;
  const { data, error, refetch } = useQuery({
    queryKey: ["flows", "timeline", { q, range, from, to }],
    queryFn: ({ signal }) =>
      api.get<Timeline>("/flows/timeline", { ...rangeOf(state, Date.now()), q: q.trim() || undefined }, signal),
    refetchInterval: refreshMs,
  });
  if (data === undefined) {
    return error === null ? <Loading /> : <Failed error={error} retry={() => void refetch()} />;
  }
  const bytes = data.points.reduce((sum, point) => sum + point.sums.bytes, 0);
  const connections = data.points.reduce((sum, point) => sum + point.sums.connections, 0);
  const values = bucketValues(
    data.points.map((point) => ({ at: point.at, value: point.sums.bytes })),
    data,
  );
  const peak = format.bytes(Math.max(0, ...values));
  return (
    <figure className="meseta-flow-timeline">
      <Sparkline values={values} height={64} label={t("flows.timelineLabel", { bytes: format.bytes(bytes), peak })} />
      <figcaption>
        {t("flows.timeline", {
          bytes: format.bytes(bytes),
          connections: format.number(connections),
          from: format.time(data.from),
          to: format.time(data.to),
        })}{" "}
        {t(`flows.peak.${data.resolution}`, { peak })}
      </figcaption>
    </figure>
  );
}
