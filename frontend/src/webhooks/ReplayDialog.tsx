import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { EndpointOut } from "~/api/schema";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { SelectField, TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { FormProblem, wrongField } from "~/kit/states";

/** Sends many again: what was given up, or everything since a moment. */
export function ReplayDialog({
  endpoint,
  onClose,
  onReplayed,
}: {
  endpoint: EndpointOut;
  onClose: () => void;
  onReplayed: () => void;
}) {
  const { t } = useTranslation();
  const [what, setWhat] = useState<"dead" | "since">("dead");
  const [since, setSince] = useState("");
  const replay = useMutation({
    mutationFn: () =>
      answer(
        api.POST("/api/v1/webhooks/{endpoint_id}/replay", {
          params: { path: { endpoint_id: endpoint.id } },
          body: what === "since" ? { since: new Date(since).toISOString() } : {},
        }),
      ),
    onSuccess: ({ replayed }) => {
      void readAgain(["/api/v1/webhooks"]);
      onReplayed();
      onClose();
      tell(t("webhooks.replayed", { count: replayed }));
    },
  });
  return (
    <Dialog
      title={t("webhooks.replay_title")}
      isOpen
      onClose={onClose}
      onSubmit={() => replay.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button
            look="primary"
            type="submit"
            isPending={replay.isPending}
            isDisabled={what === "since" && !since}
          >
            {t("webhooks.replay_go")}
          </Button>
        </>
      }
    >
      <SelectField
        label={t("webhooks.replay_what")}
        value={what}
        onChange={(chosen) => setWhat(chosen as "dead" | "since")}
        choices={[
          { id: "dead", label: t("webhooks.replay_dead") },
          { id: "since", label: t("webhooks.replay_since"), detail: t("webhooks.replay_since_detail") },
        ]}
      />
      {what === "since" && (
        <TextField
          label={t("webhooks.since")}
          type="datetime-local"
          value={since}
          onChange={setSince}
          error={wrongField(replay.error, "since")}
          isRequired
        />
      )}
      <FormProblem error={replay.error} />
    </Dialog>
  );
}
