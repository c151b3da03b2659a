/** Version of this software, as run records state it. */
export const VERSION = '0.1.0';
