import { useTranslation } from "react-i18next";
import { Button } from "./Button";
import styles from "./More.module.css";

/** The way to the next page of a list, while there is one. */
export function More({
  list,
}: {
  list: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
}) {
  const { t } = useTranslation();
  if (!list.hasNextPage) return null;
  return (
    <div className={styles.more}>
      <Button onPress={() => void list.fetchNextPage()} isPending={list.isFetchingNextPage}>
        {t("show_more")}
      </Button>
    </div>
  );
}
