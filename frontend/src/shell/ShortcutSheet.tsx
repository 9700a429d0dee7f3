import { useTranslation } from "react-i18next";
import { Kbd } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { useAllShortcuts } from "./keys";
import styles from "./ShortcutSheet.module.css";

/** Every shortcut that holds on this screen, by group. */
export function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const groups = Map.groupBy(useAllShortcuts(), (one) => one.group);
  return (
    <Dialog title={t("keys.sheet")} isOpen onClose={onClose} width="wide">
      <div className={styles.groups}>
        {[...groups].map(([group, shortcuts]) => (
          <section key={group}>
            <h3>{group}</h3>
            <ul>
              {shortcuts.map((one) => (
                <li key={one.keys} className={styles.row}>
                  <span>{one.label}</span>
                  <span className={styles.keys}>
                    <Kbd keys={one.keys} />
                    <span className="visually-hidden">{one.keys}</span>
                  </span>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
