import { Tabs } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';
import { useAddress } from './history-state.ts';

interface Tab {
  /** Stored in the URL, so that the tab can be shared and restored. */
  name: string;
  label: string;
  content: ReactNode;
}

/** Tabs of a page. The first tab is the default. */
export function Tabbed({ label, tabs }: { label: string; tabs: readonly [Tab, ...Tab[]] }) {
  const [address, change] = useAddress();
  const [first] = tabs;
  const shown = tabs.find(({ name }) => name === address.get('tab')) ?? first;
  // Other filters of the URL stay when the tab changes.
  const show = (name: string) => {
    const next = new URLSearchParams(address);
    if (name === first.name) next.delete('tab');
    else next.set('tab', name);
    change(next);
  };
  return (
    <Tabs.Root value={shown.name} onValueChange={(name) => show(String(name))}>
      <Tabs.List className="tabs" aria-label={label}>
        {tabs.map(({ name, label: title }) => (
          <Tabs.Tab key={name} value={name}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map(({ name, content }) => (
        <Tabs.Panel key={name} value={name}>
          {content}
        </Tabs.Panel>
      ))}
    </Tabs.Root>
  );
}
