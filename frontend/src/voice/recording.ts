// A recording as one sees it: the path of a wave form, and where to go on when silences are left out. Pure.

export const SPEEDS: readonly number[] = [1, 1.25, 1.5, 1.75, 2];

const WIDTH = 1000;
const MIDDLE = 50;

/** The area of one channel's peaks (0 … 100) in a field of 1000 × 100, above or below its middle. */
export function pathOf(peaks: readonly number[], isAbove: boolean): string {
  if (peaks.length === 0) return "";
  const step = WIDTH / peaks.length;
  const points = peaks.map((peak, place) => {
    const height = (MIDDLE * Math.min(100, Math.max(1, peak))) / 100;
    const y = isAbove ? MIDDLE - height : MIDDLE + height;
    return `L${round(place * step)} ${round(y)}L${round((place + 1) * step)} ${round(y)}`;
  });
  return `M0 ${MIDDLE}${points.join("")}L${WIDTH} ${MIDDLE}Z`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

const WORTH_SECONDS = 1;
const EDGE_SECONDS = 0.2;

/** Where to go on from within a silence; null: somebody speaks, or the silence is not worth a jump. */
export function skipTo(silences: readonly (readonly [number, number])[], at: number): number | null {
  const silence = silences.find(([from, to]) => at >= from + EDGE_SECONDS && at < to - EDGE_SECONDS);
  if (!silence || silence[1] - at < WORTH_SECONDS) return null;
  return silence[1] - EDGE_SECONDS;
}
