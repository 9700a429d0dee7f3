// The command palette: type to find people, accounts and leads, or a place to go; Enter opens it.

import { useNavigate } from "@tanstack/react-router";
import { Building2, CornerDownLeft, Phone, User } from "lucide-react";
import { useDeferredValue, useState } from "react";
import {
  Autocomplete,
  Dialog,
  Header,
  Input,
  type Key,
  ListBox,
  ListBoxItem,
  ListBoxSection,
  Modal,
  ModalOverlay,
  TextField,
} from "react-aria-components";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import { useMay } from "~/identity/session";
import styles from "./Palette.module.css";
import type { Place } from "./places";

const SHORTEST = 2;
const CALL = "call";

export function Palette({ places, onClose }: { places: readonly Place[]; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mayCall = useMay("calls:place");
  const [typed, setTyped] = useState("");
  const wanted = useDeferredValue(typed.trim());
  const isSearching = wanted.length >= SHORTEST;
  const persons = $api.useQuery(
    "get",
    "/api/v1/persons",
    { params: { query: { search: wanted, limit: 8 } } },
    { enabled: isSearching, placeholderData: (before) => before },
  );
  const accounts = $api.useQuery(
    "get",
    "/api/v1/accounts",
    { params: { query: { search: wanted, limit: 5 } } },
    { enabled: isSearching, placeholderData: (before) => before },
  );
  const shownPlaces = places.filter((one) =>
    t(`places.${one.name}`).toLocaleLowerCase().includes(typed.trim().toLocaleLowerCase()),
  );

  const number = /^[+(]?[\d\s().-]{5,}$/.test(typed.trim()) && mayCall ? typed.trim() : null;

  function open(key: Key): void {
    onClose();
    if (key === CALL) {
      void import("~/voice/calling").then(({ dial }) => dial({ number, name: number }));
      return;
    }
    void navigate({ to: String(key) });
  }

  return (
    <ModalOverlay
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      isDismissable
      className={styles.overlay ?? ""}
    >
      <Modal className={styles.modal ?? ""}>
        <Dialog aria-label={t("palette.open")} className={styles.dialog ?? ""}>
          <Autocomplete inputValue={typed} onInputChange={setTyped}>
            <TextField aria-label={t("palette.hint")} type="search" autoFocus className={styles.search ?? ""}>
              <Input placeholder={t("palette.hint")} className={styles.input ?? ""} />
            </TextField>
            <ListBox
              aria-label={t("palette.found")}
              className={styles.list ?? ""}
              onAction={open}
              selectionMode="none"
              renderEmptyState={() => <p className={styles.empty}>{t("palette.nothing")}</p>}
            >
              {number && (
                <ListBoxItem id={CALL} textValue={number} className={styles.item ?? ""}>
                  <Phone size={16} aria-hidden="true" />
                  <span>{t("phone.call_named", { name: number })}</span>
                </ListBoxItem>
              )}
              {isSearching && (persons.data?.items.length ?? 0) > 0 && (
                <ListBoxSection>
                  <Header className={styles.header ?? ""}>{t("palette.people")}</Header>
                  {persons.data?.items.map((one) => (
                    <ListBoxItem
                      key={one.id}
                      id={`/people/${one.id}`}
                      textValue={one.full_name ?? one.contact_points[0]?.value ?? ""}
                      className={styles.item ?? ""}
                    >
                      <User size={16} aria-hidden="true" />
                      <span>{one.full_name ?? one.contact_points[0]?.value}</span>
                      <span className={styles.detail}>{[one.title, one.company].filter(Boolean).join(" · ")}</span>
                    </ListBoxItem>
                  ))}
                </ListBoxSection>
              )}
              {isSearching && (accounts.data?.items.length ?? 0) > 0 && (
                <ListBoxSection>
                  <Header className={styles.header ?? ""}>{t("palette.accounts")}</Header>
                  {accounts.data?.items.map((one) => (
                    <ListBoxItem
                      key={one.id}
                      id={`/accounts/${one.id}`}
                      textValue={one.name}
                      className={styles.item ?? ""}
                    >
                      <Building2 size={16} aria-hidden="true" />
                      <span>{one.name}</span>
                      <span className={styles.detail}>{one.domain}</span>
                    </ListBoxItem>
                  ))}
                </ListBoxSection>
              )}
              {shownPlaces.length > 0 && (
                <ListBoxSection>
                  <Header className={styles.header ?? ""}>{t("palette.places")}</Header>
                  {shownPlaces.map(({ to, name, icon: Icon }) => (
                    <ListBoxItem key={to} id={to} textValue={t(`places.${name}`)} className={styles.item ?? ""}>
                      <Icon size={16} aria-hidden="true" />
                      <span>{t(`places.${name}`)}</span>
                    </ListBoxItem>
                  ))}
                </ListBoxSection>
              )}
            </ListBox>
          </Autocomplete>
          <p className={styles.foot}>
            <CornerDownLeft size={12} aria-hidden="true" /> {t("palette.foot")}
          </p>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
