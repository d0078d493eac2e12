import { Component, type ReactNode } from 'react';
import { Button } from './controls.tsx';
import { Problem } from './states.tsx';

interface State {
  error: unknown;
}

/** A fault of a page is told in its place, and takes nothing else along. React has no other way to it than a class. */
export class Boundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: undefined };

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children;
    return (
      <>
        <Problem error={this.state.error} next="This is a fault of the console. Reload; if it stays so, report it." />
        <Button onClick={() => location.reload()}>Reload</Button>
      </>
    );
  }
}
