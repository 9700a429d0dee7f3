import { Button as AriaButton } from "react-aria-components";
import styles from "./Pad.module.css";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

/** The twelve keys of a telephone. */
export function Pad({ onPress }: { onPress: (digit: string) => void }) {
  return (
    <div className={styles.pad}>
      {KEYS.map((one) => (
        <AriaButton key={one} className={styles.key ?? ""} onPress={() => onPress(one)}>
          {one}
        </AriaButton>
      ))}
    </div>
  );
}
