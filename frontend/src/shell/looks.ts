// Light or dark, and how dense: kept in this browser.

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];
export const DENSITIES = ["comfortable", "compact"] as const;
export type Density = (typeof DENSITIES)[number];

const THEME = "offhook.theme";
const DENSITY = "offhook.density";

function kept<T extends string>(key: string, known: readonly T[], otherwise: T): T {
  const value = localStorage.getItem(key);
  return known.find((one) => one === value) ?? otherwise;
}

export function theme(): Theme {
  return kept(THEME, THEMES, "system");
}

export function density(): Density {
  return kept(DENSITY, DENSITIES, "comfortable");
}

export function setTheme(chosen: Theme): void {
  localStorage.setItem(THEME, chosen);
  if (chosen === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}

export function setDensity(chosen: Density): void {
  localStorage.setItem(DENSITY, chosen);
  document.documentElement.dataset.density = chosen;
}

export function startLooks(): void {
  setTheme(theme());
  setDensity(density());
}
