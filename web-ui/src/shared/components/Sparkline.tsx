interface Props {
  values: number[];
  /** What the curve shows, for people who cannot see it. */
  label: string;
  tone?: "primary" | "warning";
  height?: number;
}

const WIDTH = 240;

/** The points of a polyline through the values, from left to right, the largest value at the top. */
export function sparklinePoints(values: number[], width: number, height: number): string {
  if (values.length === 0) {
    return "";
  }
  const largest = Math.max(...values, 1);
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  return values
    .map((value, index) => {
      const x = Math.round(index * step * 10) / 10;
      const y = Math.round((height - 1 - (value / largest) * (height - 2)) * 10) / 10;
      return `${x},${y}`;
    })
    .join(" ");
}

export function Sparkline({ values, label, tone = "primary", height = 44 }: Props) {
  const points = sparklinePoints(values, WIDTH, height);
  return (
    <svg
      className={`meseta-sparkline meseta-sparkline--${tone}`}
      viewBox={`0 0 ${WIDTH} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {values.length > 1 && (
        <>
          <polygon points={`0,${height} ${points} ${WIDTH},${height}`} />
          <polyline points={points} vectorEffect="non-scaling-stroke" />
        </>
      )}
    </svg>
  );
}
