import { useMemo } from "react";
import { encode } from "uqr";

/** Modules of quiet around it; readers need four. */
const BORDER = 4;

/** Dark on light in both themes: many readers do not know the other way round. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => {
    const { data, size: side } = encode(text, { border: BORDER, ecc: "M" });
    const squares = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
    return { size: side, path: squares.join("") };
  }, [text]);
  return (
    <svg className="meseta-qr" role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
