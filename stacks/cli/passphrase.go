package cli

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"

	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

const passphraseVariable = "PULUMI_CONFIG_PASSPHRASE"

// ignoreEmptyPassphrase unsets a passphrase that is exported and empty: Pulumi
// would encrypt with it, and everyone could decrypt. It says so and returns
// true.
func (c *command) ignoreEmptyPassphrase() bool {
	if value, exported := os.LookupEnv(passphraseVariable); !exported || value != "" {
		return false
	}
	_ = os.Unsetenv(passphraseVariable)
	_, _ = fmt.Fprintf(c.err, "%s is exported but empty and is ignored: an empty passphrase protects nothing\n", passphraseVariable)
	return true
}

// refusedPassphrase is the failure of a stack whose secrets the passphrase in
// force does not decrypt, nil if it does or if the stack has another secrets
// provider. It is found by trying, as Pulumi does.
func (c *command) refusedPassphrase(operation string) error {
	settings, _, err := c.file.Read()
	if err != nil {
		return nil //nolint:nilerr // said by what failed
	}
	salt, is := settings["encryptionsalt"].(string)
	if !is {
		return nil
	}
	phrase, from, err := c.home.passphrase()
	if err != nil {
		return exit.Passphrase.Errorf("%s: read the passphrase of stack %q: %w", operation, c.stack, err)
	}
	if decrypts(phrase, salt) {
		return nil
	}
	hint := ""
	if decrypts("", salt) {
		hint = " They are encrypted with an empty passphrase; set each secret again after removing encryptionsalt from " + c.file.Path() + "."
	}
	return exit.Passphrase.Errorf("%s: the passphrase in %s does not decrypt the secrets of stack %q (incorrect passphrase); "+
		"put the right one into %s or %s.%s", operation, from, c.stack, c.home.passphraseFile(), passphraseVariable, hint)
}

// passphrase is the one that the CLI would use, and where it is from.
func (h *home) passphrase() (phrase, from string, err error) {
	if phrase := os.Getenv(passphraseVariable); phrase != "" {
		return phrase, passphraseVariable, nil
	}
	path := h.env()["PULUMI_CONFIG_PASSPHRASE_FILE"]
	text, err := os.ReadFile(path)
	return strings.TrimSpace(string(text)), path, err
}

// decrypts tells whether a passphrase is the one that made a stack's salt, which
// reads v1:SALT:CHECK, CHECK being the encrypted word "pulumi".
func decrypts(phrase, salt string) bool {
	version, rest, _ := strings.Cut(salt, ":")
	encoded, check, _ := strings.Cut(rest, ":")
	random, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || version != "v1" {
		return true // unknown here, so that Pulumi decides
	}
	word, err := config.NewSymmetricCrypterFromPassphrase(phrase, random).DecryptValue(context.Background(), check)
	return err == nil && word == "pulumi"
}
