/** The client is written for browsers too; this is the one name that Node's types do not declare. */
type BodyInit = NonNullable<RequestInit['body']>;
