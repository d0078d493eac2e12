const REMEMBERED = 'redcloud.theme';

export const THEMES = [
  ['system', 'System'],
  ['light', 'Light'],
  ['dark', 'Dark'],
] as const;

export function theme(): string {
  return localStorage.getItem(REMEMBERED) ?? 'system';
}

/** Sets a theme, by default the stored one. */
export function setTheme(name = theme()): void {
  localStorage.setItem(REMEMBERED, name);
  document.documentElement.dataset['theme'] = name;
}
