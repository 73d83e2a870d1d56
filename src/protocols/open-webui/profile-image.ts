/** The picture that the front end has for everybody. */
export const profileImageUrl = '/user.png';
