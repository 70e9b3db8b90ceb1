package killrvideo

import "strings"

const maxName = 50

// Registration is what a new account is made of.
type Registration struct {
	FirstName string
	LastName  string
	Email     string
	Password  string
	// ModeratorCode proves that the account's e-mail is one of the moderators
	// that the settings name; "" proves nothing.
	ModeratorCode string
}

func (r Registration) validate() (Registration, error) {
	var problems []FieldError
	r.FirstName = checkName("firstName", r.FirstName, &problems)
	r.LastName = checkName("lastName", r.LastName, &problems)
	r.Email = checkEmail(r.Email, &problems)
	checkPassword("password", r.Password, knownTexts(r.Email, r.FirstName, r.LastName), &problems)
	return r, Invalid(problems...)
}

// checkName takes names of any language, as one line that stays in its place
// among others.
func checkName(field, text string, problems *[]FieldError) string {
	rule := textRule{field, 1, maxName}
	before := len(*problems)
	text = rule.check(text, problems)
	switch {
	case len(*problems) > before:
	case strings.ContainsFunc(text, breaksOut):
		rule.report(problems, "must not contain control characters or overrides of the direction of text")
	case !strings.ContainsFunc(text, visible):
		rule.report(problems, "must not be invisible")
	}
	return text
}

func checkEmail(text string, problems *[]FieldError) string {
	email, ok := ParseEmail(text)
	if !ok {
		textRule{field: "email"}.report(problems, "must be a valid e-mail address")
	}
	return email
}

// NameChange renames a user; nil leaves a name as it is.
type NameChange struct {
	FirstName *string
	LastName  *string
}

func (n NameChange) apply(user User) (User, error) {
	var problems []FieldError
	if n.FirstName != nil {
		user.FirstName = checkName("firstName", *n.FirstName, &problems)
	}
	if n.LastName != nil {
		user.LastName = checkName("lastName", *n.LastName, &problems)
	}
	return user, Invalid(problems...)
}
