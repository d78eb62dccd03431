import { Progress, ProgressMeasureLocation } from "@patternfly/react-core";

/** "12 of 32 GiB" with a bar. */
export function Usage({ label, value, max, text }: { label: string; value: number; max: number; text: string }) {
  return (
    <div className="meseta-usage">
      <Progress
        aria-label={label}
        value={max > 0 ? Math.min(100, Math.round((value / max) * 100)) : 0}
        valueText={text}
        size="sm"
        measureLocation={ProgressMeasureLocation.none}
        variant={max > 0 && value / max > 0.9 ? "warning" : undefined}
      />
      <span>{text}</span>
    </div>
  );
}
