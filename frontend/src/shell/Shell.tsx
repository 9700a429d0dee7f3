// What stands around every screen: the rail of places, search, the state of the link, and who is signed in.

import { Link, Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { CircleHelp, LogOut, Search, WifiOff } from "lucide-react";
import { lazy, Suspense, useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, onSignedOut } from "~/api/client";
import { queryClient } from "~/api/query";
import { useMay, useMe } from "~/identity/session";
import { Button, IconButton, Kbd } from "~/kit/Button";
import { Menu } from "~/kit/Menu";
import { Notices, tellProblem } from "~/kit/notices";
import { Loading } from "~/kit/states";
import { useLink } from "~/live/useLink";
import { ShortcutsProvider, useShortcuts } from "./keys";
import { placesOf } from "./places";
import styles from "./Shell.module.css";

const loadPalette = () => import("./Palette");
const Palette = lazy(async () => ({ default: (await loadPalette()).Palette }));
const loadPhone = () => import("~/voice/bar/Phone");
const PhoneButton = lazy(async () => ({ default: (await loadPhone()).PhoneButton }));
const PhoneBar = lazy(async () => ({ default: (await loadPhone()).PhoneBar }));
const ShortcutSheet = lazy(async () => ({ default: (await import("./ShortcutSheet")).ShortcutSheet }));

export function Shell() {
  return (
    <ShortcutsProvider>
      <Frame />
    </ShortcutsProvider>
  );
}

function useSignedOut(): () => void {
  const navigate = useNavigate();
  return useCallback(() => {
    if (location.pathname === "/sign-in") return; // several requests are refused at once
    const back = location.pathname + location.search;
    queryClient.clear();
    void navigate({ to: "/sign-in", search: { back } });
  }, [navigate]);
}

function Frame() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const me = useMe();
  const [open, setOpen] = useState<"palette" | "sheet" | null>(null);
  const signedOut = useSignedOut();
  const link = useLink(signedOut);
  const places = placesOf(me.role);
  const mayCall = useMay("calls:place");
  useEffect(() => onSignedOut(signedOut), [signedOut]);
  // Before it is wanted: what is typed right behind Ctrl-K must not be lost.
  useEffect(() => void loadPalette(), []);
  const close = useCallback(() => setOpen(null), []);

  async function signOut(): Promise<void> {
    try {
      await answer(api.POST("/api/v1/sessions/end"));
      queryClient.clear();
      await navigate({ to: "/sign-in" });
    } catch (error) {
      tellProblem(error, t("state.unreachable"));
    }
  }

  useShortcuts([
    {
      keys: "$mod+k",
      label: t("palette.open"),
      group: t("keys.everywhere"),
      isEverywhere: true,
      run: () => setOpen("palette"),
    },
    { keys: "/", label: t("palette.open"), group: t("keys.everywhere"), run: () => setOpen("palette") },
    { keys: "Shift+?", label: t("keys.sheet"), group: t("keys.everywhere"), run: () => setOpen("sheet") },
    ...places.map((place) => ({
      keys: place.keys,
      label: t(`places.${place.name}`),
      group: t("keys.go"),
      run: () => void navigate({ to: place.to }),
    })),
  ]);

  return (
    <div className={styles.frame}>
      <a href="#main" className={styles.skip}>
        {t("skip")}
      </a>
      <Rail places={places} />
      <div className={styles.column}>
        <header className={styles.top}>
          <Button look="quiet" onPress={() => setOpen("palette")}>
            <Search size={16} aria-hidden="true" /> <span className={styles.searchText}>{t("palette.hint")}</span>
            <Kbd keys="$mod+k" />
          </Button>
          <span className={styles.spring} />
          {link === "lost" && (
            <span className={styles.lost} role="status">
              <WifiOff size={14} aria-hidden="true" /> {t("link.lost")}
            </span>
          )}
          {mayCall && (
            <Suspense fallback={null}>
              <PhoneButton signedOut={signedOut} />
            </Suspense>
          )}
          <IconButton label={t("keys.sheet")} keys="?" onPress={() => setOpen("sheet")}>
            <CircleHelp size={18} aria-hidden="true" />
          </IconButton>
          <Menu
            label={me.name}
            choices={[
              { id: "settings", label: t("places.settings"), run: () => void navigate({ to: "/settings/me" }) },
              {
                id: "out",
                label: t("sign_in.out"),
                icon: <LogOut size={14} aria-hidden="true" />,
                run: () => void signOut(),
              },
            ]}
          >
            <Button look="quiet">
              <Initials name={me.name} />
              <span className={styles.who}>{me.name}</span>
            </Button>
          </Menu>
        </header>
        {mayCall && (
          <Suspense fallback={null}>
            <PhoneBar />
          </Suspense>
        )}
        <main id="main" className={styles.main} tabIndex={-1}>
          <Suspense fallback={<Loading rows={6} />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      <Suspense fallback={null}>
        {open === "palette" && <Palette places={places} onClose={close} />}
        {open === "sheet" && <ShortcutSheet onClose={close} />}
      </Suspense>
      <Notices />
    </div>
  );
}

function Rail({ places }: { places: ReturnType<typeof placesOf> }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  return (
    <nav className={styles.rail} aria-label={t("places.label")}>
      <Link to="/" className={styles.brand}>
        <img src="/icon.svg" alt="" width={24} height={24} /> <span>Offhook</span>
      </Link>
      <ul>
        {places.map(({ to, name, icon: Icon }) => (
          <li key={to}>
            <Link
              to={to}
              className={styles.place}
              aria-current={firstOf(pathname) === firstOf(to) ? "page" : undefined}
            >
              <Icon size={18} aria-hidden="true" /> <span>{t(`places.${name}`)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

const graphemes = new Intl.Segmenter();

/** The first letters of the first two words of a name. */
function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/).slice(0, 2);
  const letters = words.map((word) => graphemes.segment(word)[Symbol.iterator]().next().value?.segment ?? "");
  return letters.join("").toUpperCase();
}

function Initials({ name }: { name: string }) {
  return (
    <span className={styles.initials} aria-hidden="true">
      {initialsOf(name)}
    </span>
  );
}

/** `settings`, of `/settings/me`. */
function firstOf(path: string): string | undefined {
  return path.split("/")[1];
}
