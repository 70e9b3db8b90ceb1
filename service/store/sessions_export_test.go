package store

import "time"

// Bucket shows tests where rows are that no operation lists.
func Bucket(day time.Time, id []byte) string { return bucket(day, id) }

// Account is the name of an e-mail among failed logins.
func Account(emailKey string) []byte { return []byte(account(emailKey)) }
