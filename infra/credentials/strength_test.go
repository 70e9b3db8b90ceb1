package credentials

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
)

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

func TestStrongKeysPass(t *testing.T) {
	t.Parallel()
	for range 200 {
		for name, key := range map[string]string{
			"hex":        hex.EncodeToString(random(32)),
			"base64":     base64.StdEncoding.EncodeToString(random(32)),
			"url":        base64.RawURLEncoding.EncodeToString(random(48)),
			"characters": "7!kQ#v9Z$m2&xP@4wL^8cT*1hB%6jR+3",
		} {
			if err := CheckSigningKey(key); err != nil {
				t.Fatalf("a generated key in %s is refused: %v", name, err)
			}
		}
	}
}

func TestWeakKeysAreRefusedByName(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ key, want string }{
		"empty":            {"", "empty"},
		"short":            {"9f8Q!x", "shorter"},
		"short hex":        {hex.EncodeToString(random(16)), "fewer than 32 bytes"},
		"short base64":     {base64.StdEncoding.EncodeToString(random(31)), "fewer than 32 bytes"},
		"repeated":         {strings.Repeat("abc123!?", 8), "repeats"},
		"one character":    {strings.Repeat("a", 64), "repeats"},
		"zero bytes":       {hex.EncodeToString(make([]byte, 32)), "repeats"},
		"placeholder":      {"change-me-to-a-long-random-string-please", "placeholder"},
		"official default": {"unit-test-secret-unit-test-secret-0001", "placeholder"},
		"phrase":           {"correct horse battery staple and then some more", "phrase"},
		"dashed phrase":    {"correct-horse-battery-staple-and-then-some-more", "phrase"},
		"padded":           {" " + hex.EncodeToString(random(32)), "white space"},
		"little variety":   {"aab!aab!aab!baa!aab!aab!aab!baa?", "too little randomness"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := CheckSigningKey(test.key)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want %q", err, test.want)
			}
			if test.key != "" && strings.Contains(err.Error(), test.key) {
				t.Error("the error shows the key")
			}
		})
	}
}
