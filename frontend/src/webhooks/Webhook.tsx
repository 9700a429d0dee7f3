// One webhook: what it is told of, how it stands, and what became of each message.

import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { Ellipsis, Send } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api, ifMatch } from "~/api/client";
import { readAgain } from "~/api/query";
import type { EndpointWithBacklog } from "~/api/schema";
import { moment } from "~/i18n/time";
import { useMay } from "~/identity/session";
import { SettingsTabs } from "~/identity/SettingsTabs";
import { Button, IconButton } from "~/kit/Button";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { Menu } from "~/kit/Menu";
import { tell } from "~/kit/notices";
import { OnceDialog } from "~/kit/OnceDialog";
import { Badge, Facts, Panel, Screen } from "~/kit/Panel";
import { Failed, FormProblem, Loading, NotAllowed } from "~/kit/states";
import { Deliveries } from "./Deliveries";
import { EndpointDialog } from "./EndpointDialog";
import { hostOf, useActivity, useKindsTold } from "./endpoints";
import { RotateDialog } from "./RotateDialog";
import { StateBadge } from "./StateBadge";
import styles from "./Webhook.module.css";

export function Webhook() {
  const { webhookId } = useParams({ from: "/signed-in/settings/webhooks/$webhookId" });
  return useMay("webhooks:write") ? <Page key={webhookId} id={webhookId} /> : <NotAllowed />;
}

function Page({ id }: { id: string }) {
  const endpoint = $api.useQuery("get", "/api/v1/webhooks/{endpoint_id}", {
    params: { path: { endpoint_id: id } },
  });
  if (endpoint.data) return <Found endpoint={endpoint.data} />;
  if (endpoint.error) return <Failed error={endpoint.error} onRetry={() => void endpoint.refetch()} />;
  return <Loading rows={8} />;
}

function Found({ endpoint }: { endpoint: EndpointWithBacklog }) {
  const { t } = useTranslation();
  const kindsTold = useKindsTold();
  const setActive = useActivity();
  const [open, setOpen] = useState<"edit" | "rotate" | "remove" | null>(null);
  const [secret, setSecret] = useState("");
  const [watched, setWatched] = useState(0);
  const close = () => setOpen(null);

  const test = useMutation({
    mutationFn: () =>
      answer(api.POST("/api/v1/webhooks/{endpoint_id}/test", { params: { path: { endpoint_id: endpoint.id } } })),
    onSuccess: () => {
      setWatched((before) => before + 1);
      tell(t("webhooks.tested"));
    },
  });

  return (
    <Screen
      title={hostOf(endpoint)}
      detail={<Link to="/settings/webhooks">{t("webhooks.all")}</Link>}
      actions={
        <>
          <Button
            look="primary"
            onPress={() => test.mutate()}
            isPending={test.isPending}
            isDisabled={!endpoint.is_active}
          >
            <Send size={14} aria-hidden="true" /> {t("webhooks.test")}
          </Button>
          <Button onPress={() => void setActive(endpoint, !endpoint.is_active)}>
            {t(endpoint.is_active ? "webhooks.pause" : "webhooks.activate")}
          </Button>
          <Button onPress={() => setOpen("edit")}>{t("edit")}</Button>
          <Menu
            label={t("webhooks.more")}
            choices={[
              { id: "rotate", label: t("webhooks.rotate_title"), run: () => setOpen("rotate") },
              { id: "remove", label: t("remove"), run: () => setOpen("remove"), isDanger: true },
            ]}
          >
            <IconButton label={t("webhooks.more")}>
              <Ellipsis size={16} aria-hidden="true" />
            </IconButton>
          </Menu>
        </>
      }
    >
      <SettingsTabs />
      <FormProblem error={test.error} />
      <Panel title={t("webhooks.about")}>
        <Facts
          facts={[
            [t("webhooks.url"), <span className={styles.url}>{endpoint.url}</span>],
            [t("webhooks.description"), endpoint.description],
            [t("webhooks.kinds"), kindsTold(endpoint)],
            [
              t("webhooks.state"),
              <span className={styles.badges}>
                <StateBadge endpoint={endpoint} />
                {endpoint.inactive_because && t("webhooks.gone", { why: endpoint.inactive_because })}
                {endpoint.waiting > 0 && (
                  <Badge tone="warn">{t("webhooks.waiting", { count: endpoint.waiting })}</Badge>
                )}
                {endpoint.dead > 0 && <Badge tone="danger">{t("webhooks.dead", { count: endpoint.dead })}</Badge>}
              </span>,
            ],
            [t("webhooks.added"), moment(endpoint.created_at)],
            [
              t("webhooks.secret"),
              endpoint.previous_secret_until &&
                t("webhooks.old_until", { until: moment(endpoint.previous_secret_until) }),
            ],
          ]}
        />
      </Panel>
      <Deliveries endpoint={endpoint} watched={watched} />
      {open === "edit" && <EndpointDialog endpoint={endpoint} onClose={close} />}
      {open === "rotate" && (
        <RotateDialog
          endpoint={endpoint}
          onClose={close}
          onRotated={(made) => {
            close();
            setSecret(made);
          }}
        />
      )}
      {open === "remove" && <RemoveDialog endpoint={endpoint} onClose={close} />}
      {secret && (
        <OnceDialog
          title={t("webhooks.secret")}
          detail={t("webhooks.secret_detail")}
          secret={secret}
          onClose={() => setSecret("")}
        />
      )}
    </Screen>
  );
}

function RemoveDialog({ endpoint, onClose }: { endpoint: EndpointWithBacklog; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => {
      const params = { path: { endpoint_id: endpoint.id }, header: ifMatch(endpoint.version) };
      return answer(api.DELETE("/api/v1/webhooks/{endpoint_id}", { params }));
    },
    onSuccess: async () => {
      await navigate({ to: "/settings/webhooks" });
      void readAgain(["/api/v1/webhooks"]);
      tell(t("webhooks.removed"));
    },
  });
  return (
    <ConfirmDialog
      title={t("webhooks.remove_title")}
      detail={t("webhooks.remove_detail", { host: hostOf(endpoint) })}
      action={t("remove")}
      error={remove.error}
      isPending={remove.isPending}
      onClose={onClose}
      onConfirm={() => remove.mutate()}
    />
  );
}
