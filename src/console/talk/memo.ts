/**
 * A view that is drawn anew only when one of its properties is another object.
 */
import { Component, type ComponentChildren, type FunctionComponent } from 'preact';

export function memo<P extends object>(view: FunctionComponent<P>): FunctionComponent<P> {
  class Memo extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      return (Object.keys(next) as (keyof P)[]).some((name) => next[name] !== this.props[name]);
    }

    override render(): ComponentChildren {
      return view(this.props);
    }
  }
  return Memo as unknown as FunctionComponent<P>;
}
