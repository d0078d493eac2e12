import { Tabs } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';
import { useAddress } from './here.ts';

interface Tab {
  /** In the address, so that it can be shared, and is there again for whoever comes back. */
  name: string;
  label: string;
  content: ReactNode;
}

/** Views of one page; the first one is shown when the address names none. */
export function Tabbed({ label, tabs }: { label: string; tabs: readonly [Tab, ...Tab[]] }) {
  const [address, change] = useAddress();
  const [first] = tabs;
  const shown = tabs.find(({ name }) => name === address.get('tab')) ?? first;
  // What was looked for in one of them is looked for in the next.
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
