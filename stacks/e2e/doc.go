// Package e2e deploys target local with the real engine, the real provider and
// the embedded Astra, and asks the service that comes out of it. It holds tests
// only.
package e2e
