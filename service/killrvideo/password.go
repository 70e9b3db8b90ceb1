package killrvideo

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// The lengths of a password. The upper one bounds the cost of hashing.
const (
	minPassword = 8
	maxPassword = 1024
)

// commonPasswords are the most guessed ones, one on a line.
//
//go:embed common-passwords.txt
var commonPasswords string

// checkPassword does not trim: whitespace is part of a password. about are texts of the
// account that are known to others.
func checkPassword(field, password string, about []string, problems *[]FieldError) {
	rule := textRule{field: field}
	switch n := utf8.RuneCountInString(password); {
	case n < minPassword:
		rule.report(problems, fmt.Sprintf("must have at least %d characters", minPassword))
	case n > maxPassword:
		rule.report(problems, fmt.Sprintf("must have at most %d characters", maxPassword))
	case isCommon(password):
		rule.report(problems, "is one of the commonest passwords; choose another one")
	case slices.ContainsFunc(about, func(text string) bool { return strings.EqualFold(strings.TrimSpace(text), strings.TrimSpace(password)) }):
		rule.report(problems, "must not be a name or the e-mail of the account")
	}
}

func isCommon(password string) bool {
	lower := strings.ToLower(strings.TrimSpace(password))
	return lower == "" || !strings.ContainsAny(lower, "\n#") && strings.Contains(commonPasswords, "\n"+lower+"\n")
}

// knownTexts are the texts of an account that its password must not be.
func knownTexts(email, firstName, lastName string) []string {
	local, _, _ := strings.Cut(email, "@")
	return []string{email, local, firstName, lastName, firstName + lastName, firstName + " " + lastName}
}
