import { Field as BaseField } from '@base-ui/react/field';
import { type ComponentProps, type MouseEvent, type ReactNode, useState } from 'react';

interface ButtonProps extends ComponentProps<'button'> {
  kind?: 'plain' | 'primary' | 'danger' | 'quiet';
  /** Whether the action of the button is in progress. */
  busy?: boolean;
  /** Whether the action is unavailable. Unlike `disabled`, it keeps the focus. */
  idle?: boolean;
  /** Whether the second click of a double click counts. Must be false if the action would be carried out twice. */
  quick?: boolean;
}

function ignored(event: MouseEvent): void {
  event.preventDefault();
  event.stopPropagation();
}

/**
 * Ignores the second click of a double click. `busy` cannot prevent it if the first response arrives between the
 * clicks.
 */
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
  /** Error of the API about the value. */
  error?: string | undefined;
  children: ReactNode;
}

/** A control with label, hint and error, all accessible to screen readers. */
export function Field({ label, hint, error, children }: FieldProps) {
  return (
    <BaseField.Root className="field" invalid={error !== undefined}>
      <BaseField.Label>{label}</BaseField.Label>
      {children}
      {hint && <BaseField.Description className="hint">{hint}</BaseField.Description>}
      <BaseField.Error className="field-error" match={error !== undefined}>
        {error}
      </BaseField.Error>
    </BaseField.Root>
  );
}

export function TextInput(props: ComponentProps<'input'>) {
  return <BaseField.Control autoComplete="off" spellCheck={false} {...(props as object)} />;
}

interface CheckProps extends ComponentProps<'input'> {
  label: string;
}

/** A checkbox with its label. */
export function Check({ label, ...rest }: CheckProps) {
  return (
    <label className="check">
      <input type="checkbox" {...rest} />
      {label}
    </label>
  );
}

interface SelectProps extends ComponentProps<'select'> {
  options: readonly (readonly [value: string, label: string])[];
}

/** The native control, which has the best support for keyboards, screen readers and touch. */
export function Select({ options, ...rest }: SelectProps) {
  const list = options.map(([value, label]) => (
    <option key={value} value={value}>
      {label}
    </option>
  ));
  return <BaseField.Control {...(rest as object)} render={<select>{list}</select>} />;
}

const COPIED_MS = 2000;

/** Copies a text to the clipboard and confirms it. */
export function Copy({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [copied, setCopied] = useState(false);
  // Without TLS, browsers offer the clipboard on localhost only.
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

/** A command with a copy button. */
export function Command({ text }: { text: string }) {
  return (
    <div className="command">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable content must be reachable by keyboard */}
      <pre tabIndex={0}>{text}</pre>
      <Copy text={text} />
    </div>
  );
}
