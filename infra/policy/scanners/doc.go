// Package scanners holds the ledger of infra/policy to the public checkers: to
// what they ask of the kinds of things that this repository makes, listed in
// catalogue.yaml, and to what Checkov itself says of the plans, the Dockerfile
// and the workflows. It holds tests only; no rule may enter, rules are the
// parent's.
package scanners
