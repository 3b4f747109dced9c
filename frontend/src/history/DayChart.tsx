import { usageText } from "@loresmith/jobs";
import { tokensOf, type Bar } from "./usage";

const HEIGHT = 120;
const STEP = 10;
const NUMBERS = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

/** Tokens by day as bars. A screen reader gets one sentence; the table below has all numbers. */
export function DayChart({ bars }: { bars: Bar[] }) {
  const most = Math.max(1, ...bars.map(({ sums }) => tokensOf(sums)));
  const sum = bars.reduce((total, { sums }) => total + tokensOf(sums), 0);
  const [first, last] = [bars[0]?.name ?? "", bars.at(-1)?.name ?? ""];
  const summary = `${NUMBERS.format(sum)} tokens from ${first} to ${last}, at most ${NUMBERS.format(most)} on one day`;
  return (
    <figure className="chart">
      <svg viewBox={`0 0 ${bars.length * STEP} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={summary}>
        {bars.map(({ name, sums }, index) => {
          const height = (tokensOf(sums) / most) * HEIGHT;
          return (
            <rect key={name} x={index * STEP + 1} y={HEIGHT - height} width={STEP - 2} height={height}>
              <title>{`${name}: ${usageText(sums) || "nothing"}`}</title>
            </rect>
          );
        })}
      </svg>
      <figcaption>
        <span>{first}</span>
        <span>{summary}</span>
        <span>{last}</span>
      </figcaption>
    </figure>
  );
}
