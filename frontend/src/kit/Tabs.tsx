import { Link } from "@tanstack/react-router";
import styles from "./Tabs.module.css";

export interface TabLink {
  to: string;
  label: string;
  /** Other addresses begin with this one and are places within it. */
  hasPlaces?: boolean;
  /** What the address is narrowed by goes along. */
  keepsSearch?: boolean;
}

/** Tabs that are places of their own: each has an address. */
export function TabLinks({ label, tabs }: { label: string; tabs: readonly TabLink[] }) {
  return (
    <nav aria-label={label} className={styles.tabs}>
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
