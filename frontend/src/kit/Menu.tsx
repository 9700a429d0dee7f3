import type { ReactNode } from "react";
import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import styles from "./Menu.module.css";

export interface MenuChoice {
  id: string;
  label: string;
  run: () => void;
  isDanger?: boolean;
  icon?: ReactNode;
}

/** A button (the child) that opens a menu of actions. */
export function Menu({
  label,
  choices,
  children,
}: {
  label: string;
  choices: readonly MenuChoice[];
  children: ReactNode;
}) {
  return (
    <MenuTrigger>
      {children}
      <Popover className={styles.popover ?? ""} placement="bottom end">
        <AriaMenu aria-label={label} className={styles.menu ?? ""}>
          {choices.map((one) => (
            <MenuItem
              key={one.id}
              id={one.id}
              textValue={one.label}
              onAction={one.run}
              className={`${styles.item} ${one.isDanger ? styles.danger : ""}`}
            >
              {one.icon}
              {one.label}
            </MenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
