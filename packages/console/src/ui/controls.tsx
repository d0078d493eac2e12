import { Field as BaseField } from '@base-ui/react/field';
import { type ComponentProps, type MouseEvent, type ReactNode, useState } from 'react';

interface ButtonProps extends ComponentProps<'button'> {
  kind?: 'plain' | 'primary' | 'danger' | 'quiet';
  /** While what it does is under way. */
  busy?: boolean;
  /** While there is nothing for it to do. Unlike `disabled`, it keeps the focus. */
  idle?: boolean;
  /** Whether the second click of a double click counts: it does not where something would be done twice. */
  quick?: boolean;
}

function ignored(event: MouseEvent): void {
  event.preventDefault();
  event.stopPropagation();
}

/** The answer to the first click may be there before the second, so that being busy does not keep that out. */
function onceOnly(event: MouseEvent): void {
  if (event.detail > 1) ignored(event);
}

export function Button({
  kind = 'plain',
  busy = false,
  idle = false,
  quick = false,
  className = '',
  children,
  ...rest
}: ButtonProps) {
  const isOff = busy || idle;
  return (
    <button
      type="button"
      onClickCapture={isOff ? ignored : quick ? undefined : onceOnly}
      {...rest}
      className={`button ${kind} ${className}`}
      aria-disabled={isOff || undefined}
      aria-busy={busy || undefined}
    >
      {children}
    </button>
  );
}

interface FieldProps {
  label: string;
  hint?: ReactNode;
  children: ReactNode;
}

/** A control with its label and what helps to fill it in, told to screen readers as well. */
export function Field({ label, hint, children }: FieldProps) {
  return (
    <BaseField.Root className="field">
      <BaseField.Label>{label}</BaseField.Label>
      {children}
      {hint && <BaseField.Description className="hint">{hint}</BaseField.Description>}
    </BaseField.Root>
  );
}

export function TextInput(props: ComponentProps<'input'>) {
  return <BaseField.Control autoComplete="off" spellCheck={false} {...(props as object)} />;
}

interface SelectProps extends ComponentProps<'select'> {
  options: readonly (readonly [value: string, label: string])[];
}

/** The browser's own: nothing is better with a keyboard, a screen reader and a thumb. */
export function Select({ options, ...rest }: SelectProps) {
  const list = options.map(([value, label]) => (
    <option key={value} value={value}>
      {label}
    </option>
  ));
  return <BaseField.Control {...(rest as object)} render={<select>{list}</select>} />;
}

const COPIED_MS = 2000;

/** Puts a text on the clipboard, and says that it has. */
export function Copy({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [copied, setCopied] = useState(false);
  // Without TLS, browsers have none but on the machine itself.
  if (!navigator.clipboard) return null;
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), COPIED_MS);
  };
  return (
    <Button kind="quiet" className="copy" onClick={copy} aria-live="polite">
      {copied ? 'Copied' : label}
    </Button>
  );
}

/** A command to try, with a way to take it along. */
export function Command({ text }: { text: string }) {
  return (
    <div className="command">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{text}</pre>
      <Copy text={text} />
    </div>
  );
}
