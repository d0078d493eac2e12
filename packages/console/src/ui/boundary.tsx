import { Component, type ReactNode } from 'react';
import { Button } from './controls.tsx';
import { Problem } from './states.tsx';

interface State {
  error: unknown;
}

/** Error boundary: shows an error in place of the page and keeps the rest. React supports this in a class only. */
export class Boundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: undefined };

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children;
    return (
      <>
        <Problem error={this.state.error} next="Console error. Reload, and report the error if it persists." />
        <Button onClick={() => location.reload()}>Reload</Button>
      </>
    );
  }
}
