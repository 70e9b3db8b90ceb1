package archtest

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// secretShapes are strings that only real credentials have.
func secretShapes() map[string]*regexp.Regexp {
	return map[string]*regexp.Regexp{
		"an Astra token":          regexp.MustCompile(`AstraCS:[A-Za-z]{24}:[0-9a-f]{64}`),
		"a private key":           regexp.MustCompile(`-----BEGIN (RSA |EC |OPENSSH |ENCRYPTED )?PRIVATE KEY-----\s+[A-Za-z0-9+/]{40}`),
		"an AWS access key":       regexp.MustCompile(`\b(AKIA|ASIA)[A-Z2-7]{16}\b`),
		"a GitHub token":          regexp.MustCompile(`\b(ghp|gho|ghs|ghr)_[A-Za-z0-9]{36}\b|\bgithub_pat_[A-Za-z0-9_]{60,}`),
		"a Google API key":        regexp.MustCompile(`\bAIza[0-9A-Za-z_-]{35}\b`),
		"an NVIDIA API key":       regexp.MustCompile(`\bnvapi-[A-Za-z0-9_-]{40,}`),
		"a Pulumi access token":   regexp.MustCompile(`\bpul-[0-9a-f]{40}\b`),
		"a signed JSON web token": regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}`),
	}
}

// TestNoSecretTracked reads every file that is or could be committed.
func TestNoSecretTracked(t *testing.T) {
	t.Parallel()
	for _, name := range tracked(t) {
		if settings(name) {
			t.Errorf("%s holds local settings and must not be tracked; .env.example is the one that may", name)
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range secretsIn(string(text)) {
			t.Errorf("%s holds what looks like %s", name, kind)
		}
	}
}

// settings tells whether a file's name says that it holds local settings.
func settings(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(base, ".env") && base != ".env.example" ||
		strings.HasSuffix(base, ".pem") || strings.HasSuffix(base, ".key")
}

func secretsIn(text string) (kinds []string) {
	for kind, shape := range secretShapes() {
		if shape.MatchString(text) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// TestSecretShapes shows each shape one of its kind, put together here so that
// this file holds none.
func TestSecretShapes(t *testing.T) {
	t.Parallel()
	letters, hex := strings.Repeat("aB", 32), strings.Repeat("0f", 32)
	examples := map[string]string{
		"an Astra token":          "AstraCS:" + letters[:24] + ":" + hex,
		"a private key":           "-----BEGIN PRIVATE" + " KEY-----\n" + letters,
		"an AWS access key":       "AKIA" + strings.Repeat("A2", 8),
		"a GitHub token":          "ghp_" + letters[:36],
		"a Google API key":        "AIza" + letters[:35],
		"an NVIDIA API key":       "nvapi-" + letters,
		"a Pulumi access token":   "pul-" + hex[:40],
		"a signed JSON web token": "eyJ" + letters[:20] + ".eyJ" + letters[:20] + "." + letters[:30],
	}
	for kind := range secretShapes() {
		if found := secretsIn("x=" + examples[kind] + "\n"); len(found) != 1 || found[0] != kind {
			t.Errorf("%s is found as %q", kind, found)
		}
	}
	if found := secretsIn("AstraCS:*** AstraCS:generated-for-a-test eyJhbGciOi"); found != nil {
		t.Errorf("masks are found as %q", found)
	}
	for name, want := range map[string]bool{
		".env": true, "service/.env.local": true, "tls.key": true, ".env.example": false, "env.go": false,
	} {
		if settings(name) != want {
			t.Errorf("settings(%q) is not %v", name, want)
		}
	}
}
