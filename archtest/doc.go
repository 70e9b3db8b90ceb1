// Package archtest holds the repository to its rules: which imports are allowed, what
// each module loads, that no secret is tracked, how long files get, and plain words. The
// rules are data with examples that break them, so that a rule that cannot fail
// is noticed. It holds tests only.
package archtest
