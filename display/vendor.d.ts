/** Tells the type checker what the served copy of socket.io-client is; nothing imports this at run time. */
declare module "*/socket.io.esm.min.js" {
  export const io: (options: Record<string, unknown>) => import("./types.d.ts").Wire;
}
