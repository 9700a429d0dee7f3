// The funnel: a quiet picture, and beside each of its bands the same numbers in a table.

import { useTranslation } from "react-i18next";
import type { FunnelOut } from "~/api/schema";
import { count, percent } from "~/i18n/numbers";
import styles from "./Funnel.module.css";
import { type Step, stepsOf } from "./steps";

const WIDTH = 240;
const BAND = 44;
/** So that a few among thousands are still seen. */
const THINNEST = 3;

export function FunnelPicture({
  funnel,
  label,
  isNarrow = false,
}: {
  funnel: FunnelOut;
  label: string;
  /** Leaves out the share of all responses. */
  isNarrow?: boolean;
}) {
  const { t } = useTranslation();
  const steps = stepsOf(funnel);
  return (
    <figure className={`${styles.funnel} ${isNarrow ? styles.narrow : ""}`} aria-label={label}>
      <Bands steps={steps} />
      <table className={styles.table}>
        <caption className="visually-hidden">{label}</caption>
        <thead>
          <tr>
            <th scope="col">{t("campaigns.step")}</th>
            <th scope="col" className={styles.number}>
              {t("campaigns.count")}
            </th>
            <th scope="col" className={styles.number}>
              {t("campaigns.of_before")}
            </th>
            {!isNarrow && (
              <th scope="col" className={`${styles.number} ${styles.all}`}>
                {t("campaigns.of_all")}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {steps.map((one) => (
            <tr key={one.name}>
              <th scope="row">{t(`campaigns.steps.${one.name}`)}</th>
              <td className={`${styles.number} ${styles.count}`}>{count(one.count)}</td>
              <td className={styles.number}>{one.name === "responses" ? "" : percent(one.ofBefore)}</td>
              {!isNarrow && <td className={`${styles.number} ${styles.all}`}>{percent(one.ofAll, 1)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

/** Each band begins as wide as its step and ends as wide as the next. */
function Bands({ steps }: { steps: readonly Step[] }) {
  const widths = steps.map((one) => (one.count > 0 ? Math.max((one.ofAll ?? 0) * WIDTH, THINNEST) : 0));
  return (
    <svg
      className={styles.picture}
      viewBox={`0 0 ${WIDTH} ${BAND * steps.length}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {steps.map((one, place) => {
        const above = Math.min(widths[place] ?? 0, WIDTH) / 2;
        const below = Math.min(widths[place + 1] ?? widths[place] ?? 0, WIDTH) / 2;
        const [top, bottom] = [place * BAND + 1, (place + 1) * BAND - 1];
        const middle = WIDTH / 2;
        return (
          <polygon
            key={one.name}
            className={styles.band}
            style={{ opacity: 0.4 + 0.2 * place }}
            points={`${middle - above},${top} ${middle + above},${top} ${middle + below},${bottom} ${middle - below},${bottom}`}
          />
        );
      })}
    </svg>
  );
}
