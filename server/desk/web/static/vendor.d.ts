/**
 * Types of the libraries as far as the desk's scripts use them. They are served beside the scripts under these names
 * (see _VENDOR in server/desk/web/assets.py); htmx is used by attributes of the pages alone and needs none.
 */

declare module "*/vendor/sortable.js" {
  interface SortableEvent {
    oldIndex: number | undefined;
    newIndex: number | undefined;
  }
  interface SortableOptions {
    animation?: number;
    handle?: string;
    filter?: string;
    preventOnFilter?: boolean;
    onEnd?: (event: SortableEvent) => void;
  }
  const Sortable: { create(list: HTMLElement, options: SortableOptions): unknown };
  export default Sortable;
}

declare module "*/vendor/socket.io.js" {
  interface Socket {
    on(event: string, listener: (...payload: never[]) => void): unknown;
    timeout(ms: number): { emitWithAck<Answer>(event: string, ...payload: unknown[]): Promise<Answer> };
  }
  export const io: (namespace: string, options: Record<string, unknown>) => Socket;
}

/** The global that chart.js's script brings. */
declare const Chart: {
  new (canvas: HTMLCanvasElement, configuration: object): unknown;
  defaults: { font: object };
};
