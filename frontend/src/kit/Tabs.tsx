import { Link, useLocation } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import styles from "./Tabs.module.css";

export interface TabLink {
  to: string;
  label: string;
  /** Other addresses begin with this one and are places within it. */
  hasPlaces?: boolean;
  /** What the address is narrowed by goes along. */
  keepsSearch?: boolean;
}

/** Tabs that are places of their own: each has an address. Where they do not all fit, the present one is in sight. */
export function TabLinks({ label, tabs }: { label: string; tabs: readonly TabLink[] }) {
  const nav = useRef<HTMLElement>(null);
  const place = useLocation({ select: (location) => location.pathname });
  useEffect(() => {
    nav.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [place]);
  return (
    <nav ref={nav} aria-label={label} className={styles.tabs}>
      {tabs.map((one) => (
        <Link
          key={one.to}
          to={one.to}
          {...(one.keepsSearch && { search: true })}
          className={styles.tab}
          activeOptions={{ exact: !one.hasPlaces, includeSearch: false }}
        >
          {one.label}
        </Link>
      ))}
    </nav>
  );
}
