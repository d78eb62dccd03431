import { Component, type ReactNode } from "react";
import { Failed } from "../shared/components/states";

/** Shows what broke instead of an empty page. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state = { error: undefined as unknown };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    return this.state.error === undefined ? (
      this.props.children
    ) : (
      <Failed error={this.state.error} retry={() => location.reload()} />
    );
  }
}
