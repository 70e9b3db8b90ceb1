// Package auth holds the two secrets of a session: how passwords are hashed,
// and the keys that sign and verify tokens. It knows no HTTP and no storage;
// what a user may do is not its business either, since roles are read from the
// user's row and never believed from a token.
package auth
