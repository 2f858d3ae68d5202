import { Component, type ReactNode } from "react";
import { explain } from "../lib/errors";
import { FAST } from "../lib/hooks";

interface Props {
  what: string;
  children: ReactNode;
}
interface State {
  failed: { error: unknown } | null;
}

/** What cannot be drawn says so in its own place, and the rest of the page goes on. */
export class Boundary extends Component<Props, State> {
  state: State = { failed: null };
  private again: ReturnType<typeof setTimeout> | undefined;

  static getDerivedStateFromError(error: unknown) {
    return { failed: { error } };
  }

  componentDidCatch() {
    this.again = setTimeout(() => this.setState({ failed: null }), FAST);
  }

  componentWillUnmount() {
    clearTimeout(this.again);
  }

  render() {
    if (this.state.failed === null) return this.props.children;
    return (
      <p className="notice bad" role="alert">
        <strong>{this.props.what} cannot be shown.</strong> The page did not understand what it was answered (
        {explain(this.state.failed.error)}). It is tried again by itself.
      </p>
    );
  }
}
