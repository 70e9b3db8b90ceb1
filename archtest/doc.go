// Package archtest holds the repository to its rules: who may import whom, what
// each module loads, that no secret is tracked, and how long files get. The
// rules are data with examples that break them, so that a rule that cannot fail
// is noticed. It holds tests only.
package archtest
