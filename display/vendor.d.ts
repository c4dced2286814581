/** The type of the served copy of socket.io-client, for the type checker alone. */
declare module "*/socket.io.esm.min.js" {
  export const io: (options: Record<string, unknown>) => import("./types.d.ts").Wire;
}
