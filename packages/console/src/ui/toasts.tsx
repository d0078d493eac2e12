import { Toast } from '@base-ui/react/toast';
import type { ReactNode } from 'react';

const SHOWN_MS = 4000;

/** Short notifications of results, also read by screen readers. */
export function Toasts({ children }: { children: ReactNode }) {
  return (
    <Toast.Provider timeout={SHOWN_MS} limit={3}>
      {children}
      <Toast.Portal>
        <Toast.Viewport className="toasts">
          <Shown />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function Shown() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className="toast">
      <Toast.Title render={<p />} />
      <Toast.Close className="dialog-close" aria-label="Dismiss">
        ×
      </Toast.Close>
    </Toast.Root>
  ));
}

export function useSay(): (title: string) => void {
  const { add } = Toast.useToastManager();
  return (title) => void add({ title });
}
