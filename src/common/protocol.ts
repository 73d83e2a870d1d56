/** The protocols that a request can come through. */
export const protocols = ['registry', 'conductor', 'open-webui'] as const;
export type Protocol = (typeof protocols)[number];
