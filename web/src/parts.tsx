// Small pieces that every room uses.
import type {ComponentChildren} from 'preact';
import {useEffect, useRef} from 'preact/hooks';

/** The room's title; takes the focus when the room opens, so that a screen reader begins there. */
export function Title({children}: {children: ComponentChildren}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}

export function Alert({text}: {text: string | undefined}) {
  return (
    <p class={text ? 'alert' : 'alert empty'} role="alert">
      {text}
    </p>
  );
}

interface FieldProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  type?: 'text' | 'password';
  autoComplete?: string;
  hint?: string;
  id: string;
}

export function Field({label, value, onInput, type = 'text', autoComplete = 'off', hint, id}: FieldProps) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type={type}
        value={value}
        autoComplete={autoComplete}
        autoCapitalize="none"
        spellcheck={false}
        {...(hint ? {'aria-describedby': `${id}-hint`} : {})}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

export function formatTime(iso: string): string {
  return new Date(iso).toLocaleString(undefined, {dateStyle: 'medium', timeStyle: 'short'});
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
