package killrvideo

const maxName = 50

func nameRule(field string) textRule { return textRule{field, 1, maxName} }

// Registration is the input of a new account.
type Registration struct {
	FirstName string
	LastName  string
	Email     string
	Password  string
	// ModeratorCode makes the account a moderator if its e-mail is one of the settings;
	// it is optional.
	ModeratorCode string
}

func (r Registration) validate() (Registration, error) {
	var problems []FieldError
	r.FirstName = nameRule("firstName").checkLine(r.FirstName, &problems)
	r.LastName = nameRule("lastName").checkLine(r.LastName, &problems)
	r.Email = checkEmail(r.Email, &problems)
	checkPassword("password", r.Password, knownTexts(r.Email, r.FirstName, r.LastName), &problems)
	return r, Invalid(problems...)
}

func checkEmail(text string, problems *[]FieldError) string {
	email, ok := ParseEmail(text)
	if !ok {
		textRule{field: "email"}.report(problems, "must be a valid e-mail address")
	}
	return email
}

// NameChange renames a user; nil does not change a name.
type NameChange struct {
	FirstName *string
	LastName  *string
}

func (n NameChange) apply(user User) (User, error) {
	var problems []FieldError
	if n.FirstName != nil {
		user.FirstName = nameRule("firstName").checkLine(*n.FirstName, &problems)
	}
	if n.LastName != nil {
		user.LastName = nameRule("lastName").checkLine(*n.LastName, &problems)
	}
	return user, Invalid(problems...)
}
