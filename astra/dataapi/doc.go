// Package dataapi is a client of Astra's Data API for tables, named after the
// official astra-db-go, which ADOPTING.md compares it with. A client is made
// once and shared; every command has a deadline, idempotent ones are sent
// again after failures that may pass, and a breaker answers at once while the
// service is down. Nothing of KillrVideo may enter.
package dataapi
