// Package dataapi is a client of Astra's Data API for tables and collections. It
// follows the names of the official astra-db-go, see ADOPTING.md, and adds a
// deadline, retries of idempotent commands and a breaker. Nothing of KillrVideo
// may be in it.
package dataapi
