import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { answer, api, ifMatch } from "~/api/client";
import { readAgain } from "~/api/query";
import type { EndpointOut, EndpointWithSecret } from "~/api/schema";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { SaveProblem } from "~/kit/SaveProblem";
import { wrongField } from "~/kit/states";
import { useCopy } from "~/kit/useCopy";
import { KindsField } from "./KindsField";

type Present = Pick<EndpointOut, "url" | "description" | "kinds" | "version">;

const NEW: Present = { url: "", description: "", kinds: [], version: 0 };

function draftOf({ url, description, kinds }: Present): Omit<Present, "version"> {
  return { url, description, kinds };
}

/** Adds an endpoint, whose secret is then told; or changes one. */
export function EndpointDialog({
  endpoint,
  onClose,
  onAdded,
}: {
  endpoint: EndpointOut | null;
  onClose: () => void;
  onAdded?: (added: EndpointWithSecret) => void;
}) {
  const { t } = useTranslation();
  const copy = useCopy<Present, Omit<Present, "version">>(endpoint ?? NEW, draftOf);
  const { draft, change } = copy;

  const save = useMutation({
    mutationFn: async () => {
      if (!endpoint) {
        const added = await answer<EndpointWithSecret>(api.POST("/api/v1/webhooks", { body: draft }));
        return () => onAdded?.(added);
      }
      const params = { path: { endpoint_id: endpoint.id }, header: ifMatch(copy.base.version) };
      await answer(api.PATCH("/api/v1/webhooks/{endpoint_id}", { params, body: draft }));
      return () => tell(t("saved"));
    },
    onSuccess: (then) => {
      void readAgain(["/api/v1/webhooks"]);
      onClose();
      then();
    },
  });

  async function mergeOver(): Promise<void> {
    if (!endpoint) return;
    const params = { path: { endpoint_id: endpoint.id } };
    copy.rebase(await answer<EndpointOut>(api.GET("/api/v1/webhooks/{endpoint_id}", { params })));
    save.reset();
  }

  return (
    <Dialog
      title={endpoint ? t("edit") : t("webhooks.add")}
      isOpen
      onClose={onClose}
      width="wide"
      onSubmit={() => save.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button
            look="primary"
            type="submit"
            isPending={save.isPending}
            isDisabled={!draft.url || draft.kinds.length === 0}
          >
            {t("save")}
          </Button>
        </>
      }
    >
      <TextField
        label={t("webhooks.url")}
        hint={t("webhooks.url_hint")}
        type="url"
        value={draft.url}
        onChange={(url) => change({ url })}
        error={wrongField(save.error, "url")}
        maxLength={2000}
        autoFocus
        isRequired
      />
      <TextField
        label={t("webhooks.description")}
        value={draft.description}
        onChange={(description) => change({ description })}
        error={wrongField(save.error, "description")}
        maxLength={200}
      />
      <KindsField
        value={draft.kinds}
        onChange={(kinds) => change({ kinds })}
        error={wrongField(save.error, "kinds")}
      />
      <SaveProblem error={save.error} onMerge={() => void mergeOver()} />
    </Dialog>
  );
}
