package store

import "time"

// Bucket is the partition of an id on a day.
func Bucket(day time.Time, id []byte) string { return bucket(day, id) }

// Account is the key of an e-mail in login_attempts.
func Account(emailKey string) []byte { return []byte(account(emailKey)) }
