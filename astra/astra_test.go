package astra

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// canary is made up for this test and opens nothing.
const canary = "AstraCS:canary:0011223344556677"

func TestTokenIsMaskedInEveryFormat(t *testing.T) {
	t.Parallel()
	token := Token(canary)
	holder := struct {
		Token Token
		List  []Token
	}{token, []Token{token}}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "token", token, "holder", holder)
	encoded, err := json.Marshal(holder)
	if err != nil {
		t.Fatal(err)
	}
	printed := []string{log.String(), string(encoded), fmt.Errorf("wrapped: %w", fmt.Errorf("%v", token)).Error()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		printed = append(printed, fmt.Sprintf(verb, token), fmt.Sprintf(verb, holder))
	}
	for _, text := range printed {
		if strings.Contains(text, "canary") || strings.Contains(strings.ToLower(text), fmt.Sprintf("%x", "canary")) {
			t.Errorf("the token is shown in %s", text)
		}
	}
	if token.Reveal() != canary || token.IsZero() || !Token("").IsZero() {
		t.Error("the token itself is wrong")
	}
}

func TestEndpoint(t *testing.T) {
	t.Parallel()
	if got := Endpoint("db", "us-east1"); got != "https://db-us-east1.apps.astra.datastax.com" {
		t.Errorf("got %s", got)
	}
}
