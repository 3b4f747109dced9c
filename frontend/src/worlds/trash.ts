/** How long the API keeps what is in the trash. */
export const KEPT_DAYS = 30;
