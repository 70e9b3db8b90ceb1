package signingkey_test

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/signingkey"
	"github.com/killrvideo/killrvideo-go/astra/signingkey/keytable"
)

func TestTable(t *testing.T) {
	t.Parallel()
	for _, key := range keytable.All() {
		t.Run(key.Name, func(t *testing.T) {
			t.Parallel()
			got := signingkey.Weakness(key.Text)
			if (got != "") != key.Bad() || !strings.Contains(got, key.Reason) {
				t.Errorf("got %q, want a reason with %q", got, key.Reason)
			}
			if strings.Contains(got, key.Text) {
				t.Error("the reason quotes the key")
			}
		})
	}
}

func TestRandomKeysAreAccepted(t *testing.T) {
	t.Parallel()
	encoders := map[string]func([]byte) string{
		"hex":        hex.EncodeToString,
		"base64":     base64.StdEncoding.EncodeToString,
		"base64 URL": base64.RawURLEncoding.EncodeToString,
	}
	for name, encode := range encoders {
		for _, size := range []int{32, 48} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				const keys, most = 20_000, 40
				refused := map[string]int{}
				raw := make([]byte, size)
				for range keys {
					_, _ = rand.Read(raw)
					refused[signingkey.Weakness(encode(raw))]++
				}
				// The estimate errs on the safe side, for some 15 of so many keys
				// where it is worst. Chance alone never makes that 40.
				if keys-refused[""] > most {
					t.Errorf("of %d good keys with %d bytes: %v", keys, size, refused)
				}
			})
		}
	}
}

// Whatever the text: no panic, no quotation, nothing shorter than 256 bits.
func FuzzWeakness(f *testing.F) {
	for _, key := range keytable.All() {
		f.Add(key.Text)
	}
	f.Add(strings.Repeat("é", 40))
	f.Fuzz(func(t *testing.T, key string) {
		got := signingkey.Weakness(key)
		if got == "" && len(key) < 32 {
			t.Errorf("%d bytes accepted", len(key))
		}
		if len(key) > 20 && strings.Contains(got, key) {
			t.Error("the reason quotes the key")
		}
	})
}
