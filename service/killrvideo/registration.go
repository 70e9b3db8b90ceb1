package killrvideo

import (
	"fmt"
	"unicode/utf8"
)

// The lengths of a password. The upper one only keeps hashing cheap to refuse.
const (
	minPassword = 8
	maxPassword = 1024
)

const maxName = 50

// Registration is what a new account is made of.
type Registration struct {
	FirstName string
	LastName  string
	Email     string
	Password  string
}

func (r Registration) validate() (Registration, error) {
	var problems []FieldError
	r.FirstName = textRule{"firstName", 1, maxName}.check(r.FirstName, &problems)
	r.LastName = textRule{"lastName", 1, maxName}.check(r.LastName, &problems)
	r.Email = checkEmail(r.Email, &problems)
	checkPassword(r.Password, &problems)
	return r, Invalid(problems...)
}

func checkEmail(text string, problems *[]FieldError) string {
	email, ok := ParseEmail(text)
	if !ok {
		textRule{field: "email"}.report(problems, "must be a valid e-mail address")
	}
	return email
}

// checkPassword measures without trimming: white space is part of a password.
func checkPassword(password string, problems *[]FieldError) {
	rule := textRule{field: "password"}
	switch n := utf8.RuneCountInString(password); {
	case n < minPassword:
		rule.report(problems, fmt.Sprintf("must have at least %d characters", minPassword))
	case n > maxPassword:
		rule.report(problems, fmt.Sprintf("must have at most %d characters", maxPassword))
	}
}

// NameChange renames a user; nil leaves a name as it is.
type NameChange struct {
	FirstName *string
	LastName  *string
}

func (n NameChange) apply(user User) (User, error) {
	var problems []FieldError
	if n.FirstName != nil {
		user.FirstName = textRule{"firstName", 1, maxName}.check(*n.FirstName, &problems)
	}
	if n.LastName != nil {
		user.LastName = textRule{"lastName", 1, maxName}.check(*n.LastName, &problems)
	}
	return user, Invalid(problems...)
}
