// Where a provider sends its users back to: what they bring is handed to their mailbox or calendar, once.

import { useMutation } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import { Button } from "~/kit/Button";
import { tell } from "~/kit/notices";
import { Panel, Screen } from "~/kit/Panel";
import { FormProblem, Loading } from "~/kit/states";
import { purposeOf, type Returned } from "./returned";
import styles from "./oauth.module.css";

const PLACES = { mail: "/settings/mailbox", calendar: "/settings/calendar" } as const;
const CONNECTED = { mail: "oauth.mailbox_connected", calendar: "oauth.calendar_connected" } as const;

export function SignedIn() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const returned = useSearch({ from: "/signed-in/settings/signed-in" });
  const purpose = purposeOf(returned.state);
  const place = PLACES[purpose];
  const isSent = useRef(false);
  const finish = useMutation({
    mutationFn: async (body: Returned) => {
      if (purpose === "calendar") await answer(api.POST("/api/v1/calendar/connections/signed-in", { body }));
      else await answer(api.POST("/api/v1/mail/mailboxes/signed-in", { body }));
    },
    onSuccess: async () => {
      await readAgain(["/api/v1/mail/mailboxes", "/api/v1/calendar/connections", "/api/v1/mail/messages/draft"]);
      tell(t(CONNECTED[purpose]));
      await navigate({ to: place, replace: true });
    },
  });
  const { mutate } = finish;
  useEffect(() => {
    // A code counts once.
    if (isSent.current) return;
    isSent.current = true;
    mutate(returned);
  }, [mutate, returned]);
  return (
    <Screen title={t("oauth.title")}>
      <Panel title={t(finish.error ? "oauth.failed" : "oauth.finishing")}>
        {finish.error ? (
          <div className={styles.ways}>
            <FormProblem error={finish.error} />
            <div className={styles.buttons}>
              <Button look="primary" onPress={() => void navigate({ to: place, replace: true })}>
                {t("oauth.back")}
              </Button>
            </div>
          </div>
        ) : (
          <Loading rows={2} />
        )}
      </Panel>
    </Screen>
  );
}
