import { useState } from 'react';
import { useLocation } from 'wouter';
import { useHistoryState, useSearch } from 'wouter/use-browser-location';

/**
 * How far somebody has come in a page: kept with this entry of the browser's history, so that whoever opens something and
 * comes back is there again, and whoever calls the page anew begins it anew.
 */
export function useHere<T>(name: string, initial: T): [T, (value: T) => void] {
  const here: Record<string, T> | null = useHistoryState();
  const set = (value: T) => history.replaceState({ ...history.state, [name]: value }, '');
  return [here?.[name] ?? initial, set];
}

/** The parameters of the address. Not as wouter reads them, which decodes them twice: `x%41` would become `xA`. */
export function useAddress(): [address: URLSearchParams, change: (next: URLSearchParams) => void] {
  const address = new URLSearchParams(useSearch());
  const [path, go] = useLocation();
  const change = (next: URLSearchParams) => {
    const search = next.toString();
    go(search ? `${path}?${search}` : path, { replace: true });
  };
  return [address, change];
}

/** A filter of a page: in its address, so that it can be shared. What was come to with another filter is of no use. */
export function useFilter(name: string): [string, (value: string) => void] {
  const [address, change] = useAddress();
  const set = (value: string) => {
    const next = new URLSearchParams(address);
    if (value === '') next.delete(name);
    else next.set(name, value);
    change(next);
  };
  return [address.get(name) ?? '', set];
}

/** What was chosen last, for as long as the browser's tab is open. */
export function useChosen(name: string, initial: string): [string, (value: string) => void] {
  const key = `redcloud.${name}`;
  const [chosen, setChosen] = useState(() => sessionStorage.getItem(key) ?? initial);
  const set = (value: string) => {
    sessionStorage.setItem(key, value);
    setChosen(value);
  };
  return [chosen, set];
}
