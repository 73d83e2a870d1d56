/** The default picture of the front end. */
export const profileImageUrl = '/user.png';
