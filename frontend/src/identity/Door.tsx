import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { LANGUAGES, type Language, speak } from "~/i18n";
import { Button } from "~/kit/Button";
import styles from "./Door.module.css";

/** What somebody sees who is not signed in yet. */
export function Door({ title, detail, children }: { title: string; detail?: ReactNode; children: ReactNode }) {
  const { i18n } = useTranslation();
  return (
    <main className={styles.door}>
      <div className={styles.card}>
        <p className={styles.brand}>
          <img src="/icon.svg" alt="" width={28} height={28} /> Offhook
        </p>
        <h1>{title}</h1>
        {detail && <p className={styles.detail}>{detail}</p>}
        {children}
      </div>
      <p className={styles.languages}>
        {(Object.keys(LANGUAGES) as Language[])
          .filter((one) => one !== i18n.language)
          .map((one) => (
            <Button key={one} look="quiet" onPress={() => void speak(one)}>
              {LANGUAGES[one]}
            </Button>
          ))}
      </p>
    </main>
  );
}
