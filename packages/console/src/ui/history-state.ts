import { useState } from 'react';
import { useLocation } from 'wouter';
import { useHistoryState as useBrowserHistoryState, useSearch } from 'wouter/use-browser-location';

/**
 * State of a page that is stored in the current entry of the browser history. Going back restores the state, and a new
 * visit starts with the initial value.
 */
export function useHistoryState<T>(name: string, initial: T): [T, (value: T) => void] {
  const state: Record<string, T> | null = useBrowserHistoryState();
  const set = (value: T) => history.replaceState({ ...history.state, [name]: value }, '');
  return [state?.[name] ?? initial, set];
}

/** URL parameters. Not read by wouter, which decodes them twice and would turn the value `x%41` into `xA`. */
export function useAddress(): [address: URLSearchParams, change: (next: URLSearchParams) => void] {
  const address = new URLSearchParams(useSearch());
  const [path, go] = useLocation();
  const change = (next: URLSearchParams) => {
    const search = next.toString();
    go(search ? `${path}?${search}` : path, { replace: true });
  };
  return [address, change];
}

/** A filter of a page, stored in the URL so that it can be shared. A change discards the history state of the page. */
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

/** The last choice, stored until the browser tab is closed. */
export function useChosen(name: string, initial: string): [string, (value: string) => void] {
  const key = `redcloud.${name}`;
  const [chosen, setChosen] = useState(() => sessionStorage.getItem(key) ?? initial);
  const set = (value: string) => {
    sessionStorage.setItem(key, value);
    setChosen(value);
  };
  return [chosen, set];
}
